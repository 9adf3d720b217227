# Makes the role through which the certification center reads @{reads}, in the account of the aws provider.
# For: @{command}
terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.0"
    }
  }
}

variable "trusted_principal" {
  description = "The one principal that may assume the role."
  type        = string
  default     = @{principal}
}

variable "external_ids" {
  description = "The external ID the certification center made for this account alone; two of them while it is being rotated."
  type        = list(string)
  default = @{external_ids}

  validation {
    condition     = length(var.external_ids) > 0 && alltrue([for id in var.external_ids : can(regex("^cc-[0-9a-f]{32}$", id))])
    error_message = "Use the external ID that certify connect made; never choose one yourself."
  }
}

variable "organization_id" {
  description = "When given, only callers from this organization may assume the role."
  type        = string
  default     = @{organization_id}
}

variable "role_name" {
  description = "The role's name."
  type        = string
  default     = @{role_name}
}

variable "permissions" {
  description = "managed is AWS' @{managed}, recommended judges everything with few calls, minimal @{minimal_hides}."
  type        = string
  default     = "recommended"

  validation {
    condition     = contains(["managed", "recommended", "minimal"], var.permissions)
    error_message = "One of managed, recommended, minimal."
  }
}

data "aws_partition" "current" {}

locals {
  actions = {
    recommended = @{recommended_actions}
    minimal = @{minimal_actions}
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "CertificationCenterMayReadWithItsExternalId"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.trusted_principal]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = var.external_ids
    }

    dynamic "condition" {
      for_each = var.organization_id == "" ? [] : [var.organization_id]
      content {
        test     = "StringEquals"
        variable = "aws:PrincipalOrgID"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "certification_center" {
  name                 = var.role_name
  description          = "Lets the certification center read @{reads}, and nothing else."
  max_session_duration = @{max_session_seconds}
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "read" {
  count = var.permissions == "managed" ? 0 : 1
  name  = @{policy_name}
  role  = aws_iam_role.certification_center.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "@{sid}"
      Effect   = "Allow"
      Action   = local.actions[var.permissions]
      Resource = "*"
    }]
  })
}

@{key_policy}resource "aws_iam_role_policy_attachment" "managed" {
  for_each   = toset(var.permissions == "managed" ? @{managed_policies} : [])
  role       = aws_iam_role.certification_center.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/${each.value}"
}

output "role_arn" {
  description = "What the certification center assumes."
  value       = aws_iam_role.certification_center.arn
}
