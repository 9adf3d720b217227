#!/bin/sh
# Makes the role with the AWS CLI, or gives the one it made before the trust policy beside this file.
# Run it with administrator credentials of
#   @{place}:
#     sh commands.sh [recommended|minimal|managed]
set -eu
cd "$(dirname "$0")"
role=@{role_name}
permissions=${1:-recommended}

case "$permissions" in
  recommended | minimal | managed) ;;
  *) echo "say recommended, minimal or managed, not: $permissions" >&2 && exit 2 ;;
esac

if statements=$(aws iam get-role --role-name "$role" --query 'Role.AssumeRolePolicyDocument.Statement[].Sid' --output text 2>/dev/null); then
  case "$statements ${REPLACE_TRUST:-no}" in
    *CertificationCenterMayRead* | *" yes") ;;
    *) echo "role $role exists and was not made by this; REPLACE_TRUST=yes replaces its trust policy" >&2 && exit 6 ;;
  esac
  aws iam update-assume-role-policy --role-name "$role" --policy-document file://trust-policy.json
else
  aws iam create-role --role-name "$role" --description 'Lets the certification center read @{reads}, and nothing else.' \
    --max-session-duration @{max_session_seconds} --assume-role-policy-document file://trust-policy.json >/dev/null
fi

if [ "$permissions" = managed ]; then
  for arn in @{managed_policy_arns}; do
    aws iam attach-role-policy --role-name "$role" --policy-arn "$arn"
  done
else
  aws iam put-role-policy --role-name "$role" --policy-name @{policy_name} \
    --policy-document "file://permission-policy-$permissions.json"
fi
@{key_policy}
aws iam get-role --role-name "$role" --query Role.Arn --output text
