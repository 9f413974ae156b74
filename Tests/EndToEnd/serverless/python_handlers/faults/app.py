"""Goes wrong in every way that a function can, as its route says; and answers, to show that it is there again."""

import json
import os
import sys
import time

import boto3

clients = {}


def handler(event, context):
    request_context = event["requestContext"]
    route = request_context["routeKey"]
    if route == "$connect":
        return connect(event.get("queryStringParameters", {}).get("status", "200"))
    if route == "throw":
        raise RuntimeError("it was asked to fail")
    if route == "sleep":
        time.sleep(600)
    if route == "crash":
        os._exit(3)
    if route == "exit":
        sys.exit(4)
    if route == "text":
        return "no object"
    if route == "statusless":
        return {"body": "no status code"}
    if route == "refuse":
        return {"statusCode": 401, "body": "refused"}
    if route == "post":
        management_of(request_context).post_to_connection(ConnectionId=request_context["connectionId"], Data=event["body"])
        return {"statusCode": 200}
    return {"statusCode": 200, "body": json.dumps({
        "echo": event.get("body"), "connectionId": request_context["connectionId"], "process": os.getpid(),
        "remaining": context.get_remaining_time_in_millis()})}


def management_of(request_context):
    """One client for as long as the process lives: to make one takes longer than to use it."""
    endpoint = os.environ.get("MANAGEMENT_ENDPOINT") or f"https://{request_context['domainName']}/{request_context['stage']}"
    if endpoint not in clients:
        clients[endpoint] = boto3.client("apigatewaymanagementapi", endpoint_url=endpoint)
    return clients[endpoint]


def connect(status):
    if status == "throw":
        raise RuntimeError("it was asked to fail")
    if status == "text":
        return "no object"
    return {"statusCode": int(status), "body": "not for the client"}
