"""One function for every route, on boto3's resource API; most routes answer with their body, by a route response."""

import decimal
import json
import logging
import os
import time

import boto3
from boto3.dynamodb.conditions import Attr

logger = logging.getLogger()
logger.setLevel(logging.INFO)

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


class Encoder(json.JSONEncoder):
    def default(self, value):
        return int(value) if isinstance(value, decimal.Decimal) else str(value)


def answer(value, status=200):
    return {"statusCode": status, "body": json.dumps(value, cls=Encoder)}


def management_of(context):
    return boto3.client("apigatewaymanagementapi", endpoint_url="https://" + context["domainName"] + "/" + context["stage"])


def connect(event, context):
    # Absent, not null, if there is none: otherwise this raises.
    name = event.get("queryStringParameters", {"name": "guest"}).get("name", "nobody")
    authorizer = context.get("authorizer", {})
    table.put_item(Item={
        "connectionId": context["connectionId"], "name": name, "principalId": authorizer.get("principalId", "-"),
        "connectedAt": context["connectedAt"], "expiresAt": int(time.time()) + 7200,
    })
    return {"statusCode": 200}


def disconnect(event, context):
    logger.info("closed with %s, %s", context["disconnectStatusCode"], context["disconnectReason"])
    removed = table.delete_item(Key={"connectionId": context["connectionId"]}, ReturnValues="ALL_OLD").get("Attributes")
    if removed:
        # Who is left is told how it ended: that is how a client sees the event.
        broadcast(context, {"left": removed["name"], "code": context["disconnectStatusCode"], "reason": context["disconnectReason"]})
    return {"statusCode": 200}


def broadcast(context, value):
    management = management_of(context)
    page = {"ConsistentRead": True, "Limit": 2}
    sent = 0
    while True:
        found = table.scan(**page)
        for item in found["Items"]:
            try:
                management.post_to_connection(ConnectionId=item["connectionId"], Data=json.dumps(value))
                sent += 1
            except management.exceptions.GoneException:
                table.delete_item(Key={"connectionId": item["connectionId"]})
        if "LastEvaluatedKey" not in found:
            return sent
        page["ExclusiveStartKey"] = found["LastEvaluatedKey"]


def say(event, context):
    me = table.get_item(Key={"connectionId": context["connectionId"]})["Item"]
    return answer({"sent": broadcast(context, {"from": me["name"], "text": json.loads(event["body"])["text"]})})


def who(event, context):
    """What the event says of its connection."""
    names = ("connectionId", "routeKey", "eventType", "messageDirection", "stage", "apiId", "authorizer", "identity", "messageId", "requestId",
             "extendedRequestId")
    return answer({name: context[name] for name in names if name in context} | {"members": sorted(event)})


def info(event, context):
    found = management_of(context).get_connection(ConnectionId=context["connectionId"])
    return answer({name: value for name, value in found.items() if name != "ResponseMetadata"})


def kick(event, context):
    found = table.scan(FilterExpression=Attr("name").eq(json.loads(event["body"])["name"]))["Items"]
    for item in found:
        management_of(context).delete_connection(ConnectionId=item["connectionId"])
    return answer({"kicked": len(found)})


def anything_else(event, context):
    return answer({"unknown": event["body"], "routeKey": context["routeKey"]})


ROUTES = {"$connect": connect, "$disconnect": disconnect, "say": say, "who": who, "info": info, "kick": kick}


def handler(event, context):
    request_context = event["requestContext"]
    return ROUTES.get(request_context["routeKey"], anything_else)(event, request_context)
