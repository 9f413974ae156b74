#!/usr/bin/env bash
# Makes the two tables of the chat alone, as template.yaml does, for developing against a local DynamoDB. Tables that are there stay as they are.
#
#   AWS_ENDPOINT_URL=http://127.0.0.1:4566 setup-dynamodb.sh [PREFIX]
#
#   PREFIX  goes before Connections and Messages; default: chat-
#
# Prints the environment that the functions then want.
set -euo pipefail

fail() { echo "setup-dynamodb.sh: $*" >&2; exit 1; }

case ${1:-} in -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//p;}' "$0"; exit ;; esac
(($# < 2)) || fail "I take one argument, the prefix of the names."
prefix=${1-chat-}
[[ $prefix =~ ^[A-Za-z0-9_.-]{0,200}$ ]] || fail "'$prefix' cannot be part of a table's name: letters, digits and _ . - only."
command -v aws >/dev/null || fail "the AWS CLI is missing: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
export AWS_PAGER=

make_table() {
    local text
    if text=$(aws dynamodb describe-table --table-name "$1" --query Table.TableStatus --output text 2>&1); then
        echo "$1 is there." >&2
    elif [[ $text != *ResourceNotFoundException* ]]; then
        fail "DynamoDB cannot be asked: $text"
    else
        aws dynamodb create-table --table-name "$1" --billing-mode PAY_PER_REQUEST \
            --attribute-definitions AttributeName=pk,AttributeType=S AttributeName=sk,AttributeType=S \
            --key-schema AttributeName=pk,KeyType=HASH AttributeName=sk,KeyType=RANGE \
            --sse-specification Enabled=true >/dev/null
        echo "$1 is made." >&2
    fi
    aws dynamodb wait table-exists --table-name "$1"
    text=$(aws dynamodb describe-time-to-live --table-name "$1" --query TimeToLiveDescription.TimeToLiveStatus --output text)
    [[ $text == ENABL* ]] ||
        aws dynamodb update-time-to-live --table-name "$1" --time-to-live-specification Enabled=true,AttributeName=expiresAt >/dev/null
}

make_table "${prefix}Connections"
make_table "${prefix}Messages"

echo "CONNECTIONS_TABLE=${prefix}Connections"
echo "MESSAGES_TABLE=${prefix}Messages"
