"""Sleeps for as long as it is asked to."""

import json
import os
import time


def handler(event, context):
    time.sleep(json.loads(event["body"])["seconds"])
    return {"statusCode": 200, "body": json.dumps({"process": os.getpid()})}
