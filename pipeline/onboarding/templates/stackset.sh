#!/bin/sh
# Makes the role in the accounts of accounts.csv through one StackSet, each account with its own external ID.
# Run it with administrator credentials of the organization's management account, or of its delegated administrator for StackSets
# with CALL_AS=DELEGATED_ADMIN. Each line asks for the same result every time, so it may be run again.
set -eu
cd "$(dirname "$0")"
stack_set=@{stack_set}
region=${AWS_REGION:-@{region}}
call_as=${CALL_AS:-SELF}
root=${ROOT_OR_OU:-$(aws organizations list-roots --query 'Roots[0].Id' --output text)}

# The external ID of the set itself is nobody's: every account below has its own, and an account that is not listed gets no role.
if ! aws cloudformation describe-stack-set --region "$region" --call-as "$call_as" --stack-set-name "$stack_set" >/dev/null 2>&1; then
  aws cloudformation create-stack-set --region "$region" --call-as "$call_as" --stack-set-name "$stack_set" \
    --template-body file://role.cfn.yaml --capabilities CAPABILITY_NAMED_IAM --permission-model SERVICE_MANAGED \
    --auto-deployment Enabled=false --managed-execution Active=true \
    --parameters ParameterKey=ExternalId,ParameterValue=@{nobodys_external_id} >/dev/null
fi

deploy() {
  aws cloudformation create-stack-instances --region "$region" --call-as "$call_as" --stack-set-name "$stack_set" \
    --regions "$region" --deployment-targets "OrganizationalUnitIds=$root,Accounts=$1,AccountFilterType=INTERSECTION" \
    --parameter-overrides "ParameterKey=ExternalId,ParameterValue=$2" "ParameterKey=RoleName,ParameterValue=$3" \
    --query OperationId --output text
}

@{deployments}
