#!/usr/bin/env bash
# Deploys the chat to AWS: builds the functions, uploads them, makes or changes the stack, publishes the page, prints the URLs.
# Doing it again changes what has changed, and nothing else.
#
#   deploy.sh [--stack NAME] [--arch arm64|x86_64] [--functions FOLDER] [--parameter NAME=VALUE]...
#   deploy.sh [--stack NAME] --outputs
#   deploy.sh [--stack NAME] --destroy [--yes]
#
#   --stack      the stack's name, which is part of every resource's name; default: chat
#   --arch       what the functions shall run on; default: what this machine is, since that is what it can build for
#   --functions  a folder with ready zips (ConnectHandler.zip, …), instead of building; --arch must then say for what they were built
#   --parameter  a parameter of template.yaml; the stack keeps it until it is given another value
#   --outputs    print the stack's outputs as JSON, and do nothing else
#   --destroy    delete the stack and all that was uploaded for it. It asks first; --yes answers
#
# Account and region are those of the AWS CLI (AWS_PROFILE, AWS_REGION). With AWS_ENDPOINT_URL set everything goes to the local AWS there,
# and the functions are told to use it too.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
readonly here root
readonly page=$root/Examples/ReferenceServer/Web
readonly functions=(ConnectAuthorizer ConnectHandler DisconnectHandler MessageHandler)

fail() { echo "deploy.sh: $*" >&2; exit 1; }
step() { echo "==> $*"; }

stack=chat
architecture=
zips=
parameters=()
mode=deploy
sure=false
while (($#)); do
    case $1 in
    --stack) stack=${2:?--stack needs a name}; shift 2 ;;
    --arch) architecture=${2:?--arch needs arm64 or x86_64}; shift 2 ;;
    --functions) zips=${2:?--functions needs a folder}; shift 2 ;;
    --parameter) parameters+=("${2:?--parameter needs NAME=VALUE}"); shift 2 ;;
    --outputs) mode=outputs; shift ;;
    --destroy) mode=destroy; shift ;;
    --yes) sure=true; shift ;;
    -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//p;}' "$0"; exit ;;
    *) fail "'$1' is no option of mine; --help tells which there are." ;;
    esac
done
# It becomes part of bucket names, which have 63 characters and no capitals: account and region take 30 of them.
[[ $stack =~ ^[a-z][a-z0-9-]{0,22}$ ]] || fail "'$stack' cannot be the stack's name: small letters, digits and hyphens, at most 23, a letter first."
for parameter in ${parameters[@]+"${parameters[@]}"}; do
    [[ $parameter =~ ^[A-Za-z]+= ]] || fail "'$parameter' is no NAME=VALUE."
done
command -v aws >/dev/null || fail "the AWS CLI is missing: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"

# Never a pager, whatever the user's configuration says.
export AWS_PAGER=
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region 2>/dev/null || true)}}
[[ -n $region ]] || fail "no region is set: AWS_REGION=eu-central-1, for instance."
# AWS CLI version 1 knows the second name only.
export AWS_REGION=$region AWS_DEFAULT_REGION=$region
account=$(aws sts get-caller-identity --query Account --output text) ||
    fail "AWS does not say who you are; the reason is above. Sign in (aws configure, aws sso login), or set AWS_PROFILE."
endpoint=${AWS_ENDPOINT_URL:-}
endpoint=${endpoint%/}
readonly artifacts=$stack-artifacts-$account-$region

# The stack's state, or ABSENT.
status() {
    local text
    if text=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text 2>&1); then
        echo "$text"
    elif [[ $text == *"does not exist"* ]]; then
        echo ABSENT
    else
        fail "the stack cannot be looked up: $text"
    fi
}

# All outputs, a name and a value a line; once, since each call of the CLI takes a second.
read_outputs() {
    outputs=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Outputs[].[OutputKey, OutputValue]' --output text)
}

output() { awk -F '\t' -v name="$1" '$1 == name { print $2 }' <<<"$outputs"; }

# What the stack made under a name of the template; empty if there is none.
resource() {
    aws cloudformation describe-stack-resource --stack-name "$stack" --logical-resource-id "$1" \
        --query StackResourceDetail.PhysicalResourceId --output text 2>/dev/null || true
}

bucket_exists() { aws s3api head-bucket --bucket "$1" >/dev/null 2>&1; }

reasons() {
    aws cloudformation describe-stack-events --stack-name "$1" --output text --query \
        "StackEvents[?contains(ResourceStatus, 'FAILED') && ResourceStatusReason != null].[LogicalResourceId, ResourceStatusReason]" 2>/dev/null |
        grep -v "Resource creation cancelled" | head -n 10 >&2 || true
}

destroy() {
    local state id site
    state=$(status)
    if ! $sure; then
        local answer=
        read -r -p "This deletes stack '$stack' in account $account, $region, with its users and messages. Its name, to go on: " answer || true
        [[ $answer == "$stack" ]] || fail "nothing was deleted."
    fi
    if [[ $state != ABSENT ]]; then
        id=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackId' --output text)
        # CloudFormation deletes no bucket that has something in it.
        site=$(resource SiteBucket)
        if [[ -n $site && $site != None ]] && bucket_exists "$site"; then
            step "emptying $site"
            aws s3 rm --quiet --recursive "s3://$site"
        fi
        step "deleting stack $stack (CloudFront takes some minutes)"
        aws cloudformation delete-stack --stack-name "$stack"
        if ! aws cloudformation wait stack-delete-complete --stack-name "$id"; then
            reasons "$id"
            fail "the stack could not be deleted; the reasons are above. Deal with them and do it again."
        fi
    fi
    if bucket_exists "$artifacts"; then
        step "deleting $artifacts"
        aws s3 rm --quiet --recursive "s3://$artifacts"
        aws s3api delete-bucket --bucket "$artifacts"
    fi
    if [[ $state == ABSENT ]]; then echo "There was no stack '$stack'."; else echo "Deleted. With DataPolicy=Retain tables and user pool are still there."; fi
}

ensure_artifacts_bucket() {
    bucket_exists "$artifacts" && return
    step "making bucket $artifacts"
    # us-east-1 is the one region that must not be named.
    local where=()
    [[ $region == us-east-1 ]] || where=(--create-bucket-configuration "LocationConstraint=$region")
    aws s3api create-bucket --bucket "$artifacts" ${where[@]+"${where[@]}"} >/dev/null ||
        fail "bucket $artifacts cannot be made. If somebody else has that name, choose another with --stack."
    aws s3api put-public-access-block --bucket "$artifacts" \
        --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
    aws s3api put-bucket-encryption --bucket "$artifacts" \
        --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}'
}

# API Gateway's role for logs is one for the account and region. Ours stays ours; somebody else's is left alone.
configures_logging() {
    local role
    role=$(aws apigateway get-account --query cloudwatchRoleArn --output text)
    if [[ -z $role || $role == None || $role == *":role/$stack-ApiGatewayLoggingRole-"* ]]; then echo true; else echo false; fi
}

# Makes the zips and uploads them under the hash of their content. Adds the stack's parameters for them to `given`.
upload_functions() {
    local function file sum key
    for function in "${functions[@]}"; do
        file=$zips/$function.zip
        sum=$( (sha256sum "$file" 2>/dev/null || shasum -a 256 "$file") | cut -d ' ' -f 1)
        key=$function/${sum:0:32}.zip
        if ! aws s3api head-object --bucket "$artifacts" --key "$key" >/dev/null 2>&1; then
            step "uploading $function"
            aws s3 cp --quiet "$file" "s3://$artifacts/$key"
        fi
        given+=("${function}Key=$key")
    done
}

publish_page() {
    local site distribution configuration
    site=$(output SiteBucket)
    distribution=$(output DistributionId)
    step "publishing the page to $site"
    # Browsers ask each time whether a file is new; CloudFront keeps it until the invalidation below.
    local keep="public, max-age=0, must-revalidate, s-maxage=31536000"
    aws s3 cp --quiet --recursive "$page" "s3://$site" --cache-control "$keep"
    aws s3 sync --quiet --delete "$page" "s3://$site" --cache-control "$keep" --exclude config.json
    # Ids and URLs as AWS makes them: nothing in them that JSON would escape.
    configuration=$(printf '{"userPoolId":"%s","clientId":"%s","userPoolEndpoint":"%s","webSocketPath":"%s"}' \
        "$(output UserPoolId)" "$(output UserPoolClientId)" "$(output UserPoolEndpoint)" "$(output WebSocketUrl)")
    aws s3 cp --quiet - "s3://$site/config.json" --content-type application/json --cache-control no-cache <<<"$configuration"
    aws cloudfront create-invalidation --distribution-id "$distribution" --paths '/*' >/dev/null
}

deploy() {
    local state
    state=$(status)
    case $state in
    ROLLBACK_COMPLETE | ROLLBACK_FAILED | DELETE_FAILED)
        reasons "$stack"
        fail "stack '$stack' is in state $state and cannot be changed. Delete it with --destroy, then deploy again." ;;
    *_IN_PROGRESS) fail "stack '$stack' is being changed ($state). Wait until that is done." ;;
    esac
    if [[ -z $zips ]]; then
        zips=$root/.build/lambda
        step "building the functions"
        local options=(--output "$zips")
        [[ -z $architecture ]] || options+=(--arch "$architecture")
        # A local AWS runs them on this machine.
        [[ -z $endpoint ]] || options+=(--host-only)
        "$here/build.sh" "${options[@]}"
    fi
    if [[ -z $architecture ]]; then
        [[ -f $zips/architecture ]] || fail "for which architecture are the functions in $zips? Say it with --arch."
        architecture=$(<"$zips/architecture")
    fi
    local function
    for function in "${functions[@]}"; do
        [[ -f $zips/$function.zip ]] || fail "$zips/$function.zip is missing."
    done
    ensure_artifacts_bucket
    given=("ArtifactsBucket=$artifacts" "Architecture=$architecture" "ConfigureApiGatewayLogging=$(configures_logging)" "LocalEndpoint=$endpoint")
    upload_functions
    step "deploying stack $stack in account $account, $region (the first time takes some minutes, for CloudFront)"
    if ! aws cloudformation deploy --stack-name "$stack" --template-file "$here/template.yaml" --s3-bucket "$artifacts" --s3-prefix template \
        --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset \
        --parameter-overrides "${given[@]}" ${parameters[@]+"${parameters[@]}"}; then
        reasons "$stack"
        fail "the stack could not be deployed; the reasons are above."
    fi
    read_outputs
    # MiniStack's CloudFormation leaves it out; AWS's does not.
    if [[ -n $endpoint ]]; then
        local table
        for table in ConnectionsTable MessagesTable; do
            [[ $(aws dynamodb describe-time-to-live --table-name "$(output $table)" \
                --query TimeToLiveDescription.TimeToLiveStatus --output text) == ENABL* ]] ||
                aws dynamodb update-time-to-live --table-name "$(output $table)" \
                    --time-to-live-specification Enabled=true,AttributeName=expiresAt >/dev/null
        done
    fi
    publish_page
    echo
    echo "Page:        $(output SiteUrl)"
    echo "WebSocket:   $(output WebSocketUrl)"
    echo "User pool:   $(output UserPoolId), client $(output UserPoolClientId)"
    echo "Dashboard:   $(output DashboardUrl)"
}

case $mode in
deploy) deploy ;;
destroy) destroy ;;
outputs)
    [[ $(status) != ABSENT ]] || fail "there is no stack '$stack' in account $account, $region."
    aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Outputs' --output json ;;
esac
