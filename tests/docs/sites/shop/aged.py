"""Let the releases in the bucket of ``DESTINATION`` have ended longer ago, by so many hours for each."""

import itertools
import json
import os
import re
import sys

import boto3

PLACE = json.loads(os.environ["STATOR"])["DESTINATION"]
HOURS = map(int, sys.argv[1:])
_, _, bucket, prefix = PLACE["URL"].split("/")
client = boto3.client(
    "s3",
    endpoint_url=PLACE["ENDPOINT"],
    region_name=PLACE["REGION"],
    aws_access_key_id=PLACE["KEY"],
    aws_secret_access_key=PLACE["SECRET"],
)
manifest = {"Bucket": bucket, "Key": f"{prefix}/.stator/staticfiles.json"}
text = client.get_object(**manifest)["Body"].read().decode()
earlier = itertools.chain(HOURS, itertools.repeat(0))
aged = re.sub(r'"until": (\d+)', lambda until: f'"until": {int(until[1]) - 3600 * next(earlier)}', text)
client.put_object(**manifest, Body=aged.encode())
