"""sendMessage: hands what it is given to every connection, and forgets those that are gone."""

import json
import os

import boto3

TABLE_NAME = os.environ["TABLE_NAME"]

dynamodb = boto3.client("dynamodb")


def handler(event, context):
    domain = event["requestContext"]["domainName"]
    stage = event["requestContext"]["stage"]
    management = boto3.client("apigatewaymanagementapi", endpoint_url=f"https://{domain}/{stage}")
    data = json.loads(event["body"])["data"].encode("utf-8")

    connections = dynamodb.scan(TableName=TABLE_NAME, ProjectionExpression="connectionId")
    for item in connections["Items"]:
        connection_id = item["connectionId"]["S"]
        try:
            management.post_to_connection(ConnectionId=connection_id, Data=data)
        except management.exceptions.GoneException:
            print(f"Found stale connection, deleting {connection_id}")
            dynamodb.delete_item(TableName=TABLE_NAME, Key={"connectionId": {"S": connection_id}})

    return {"statusCode": 200, "body": "Data sent."}
