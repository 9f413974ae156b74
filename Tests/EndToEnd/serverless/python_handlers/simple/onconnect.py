"""$connect: remembers the connection."""

import os

import boto3
from botocore.exceptions import ClientError

dynamodb = boto3.client("dynamodb")


def handler(event, context):
    connection_id = event["requestContext"]["connectionId"]
    try:
        dynamodb.put_item(TableName=os.environ["TABLE_NAME"], Item={"connectionId": {"S": connection_id}})
    except ClientError as error:
        return {"statusCode": 500, "body": f"Failed to connect: {error}"}
    return {"statusCode": 200, "body": "Connected."}
