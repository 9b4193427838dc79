//! Webhooks and policies.

use serde_json::json;

use super::{Sample, told};

pub fn samples() -> Vec<Sample> {
    vec![
        Sample {
            api_version: "rbac.authorization.k8s.io/v1",
            kind: "Role",
            fields: json!({"rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods/log"], "resourceNames": ["a"]}]}),
            read: |body| {
                let rule = &body.role()?.rules[0];
                told((&rule.verbs, &rule.api_groups, &rule.resources, &rule.resource_names))
            },
            expected: r#"(["get"], [""], ["pods/log"], ["a"])"#,
        },
        Sample {
            api_version: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRole",
            fields: json!({"rules": [{"verbs": ["get"], "nonResourceURLs": ["/healthz"]}], "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}}),
            read: |body| {
                let role = body.cluster_role()?;
                let selectors = &role.aggregation_rule.as_ref()?.cluster_role_selectors;
                told((
                    &role.rules[0].verbs,
                    &role.rules[0].non_resource_urls,
                    selectors[0].match_labels.get("a"),
                ))
            },
            expected: r#"(["get"], ["/healthz"], Some("b"))"#,
        },
        Sample {
            api_version: "rbac.authorization.k8s.io/v1",
            kind: "RoleBinding",
            fields: json!({"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}, "subjects": [{"kind": "ServiceAccount", "namespace": "n", "name": "a"}]}),
            read: |body| {
                let binding = body.role_binding()?;
                let (role, subject) = (&binding.role_ref, &binding.subjects[0]);
                told((&*role.kind, &*role.name, &*subject.kind, &*subject.namespace, &*subject.name))
            },
            expected: r#"("Role", "r", "ServiceAccount", "n", "a")"#,
        },
        Sample {
            api_version: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRoleBinding",
            fields: json!({"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "r"}, "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "g"}]}),
            read: |body| {
                let binding = body.role_binding()?;
                let (role, subject) = (&binding.role_ref, &binding.subjects[0]);
                told((&*role.api_group, &*role.kind, &*subject.api_group, &*subject.kind, &*subject.name))
            },
            expected: r#"("rbac.authorization.k8s.io", "ClusterRole", "rbac.authorization.k8s.io", "Group", "g")"#,
        },
        Sample {
            api_version: "admissionregistration.k8s.io/v1",
            kind: "ValidatingWebhookConfiguration",
            fields: json!({"webhooks": [{"name": "a.example", "clientConfig": {"url": "https://a.example/x", "service": {"namespace": "n", "name": "s", "path": "/p", "port": 8443}, "caBundle": "YQ=="}, "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "failurePolicy": "Ignore", "matchPolicy": "Exact", "namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "matchConditions": [{"name": "c", "expression": "true"}], "timeoutSeconds": 30, "sideEffects": "None", "reinvocationPolicy": "IfNeeded"}]}),
            read: |body| {
                let hook = &body.webhooks()?.webhooks[0];
                let client = &hook.client_config;
                let service = client.service.as_ref()?;
                let rule = &hook.rules[0];
                let selectors = (
                    hook.namespace_selector.as_ref()?.match_expressions.len(),
                    hook.object_selector.as_ref()?.match_expressions.len(),
                );
                let policies =
                    [&hook.failure_policy, &hook.match_policy, &hook.side_effects, &hook.reinvocation_policy];
                told((
                    &*hook.name,
                    client.url.as_ref()?.as_str(),
                    (&*service.namespace, &*service.name, service.path.as_deref(), service.port),
                    client.ca_bundle.is_some(),
                    (
                        &rule.operations,
                        &rule.api_groups,
                        &rule.api_versions,
                        &rule.resources,
                        rule.scope.as_deref(),
                        &rule.resource_names,
                    ),
                    policies.map(|policy| policy.as_deref().unwrap_or_default()),
                    selectors,
                    hook.match_conditions.len(),
                    hook.timeout_seconds,
                ))
            },
            expected: r#"("a.example", "https://a.example/x", ("n", "s", Some("/p"), Some(8443)), true, (["CREATE"], [""], ["v1"], ["pods"], Some("Namespaced"), ["a"]), ["Ignore", "Exact", "None", "IfNeeded"], (1, 0), 1, Some(30))"#,
        },
        Sample {
            api_version: "admissionregistration.k8s.io/v1",
            kind: "MutatingWebhookConfiguration",
            fields: json!({"webhooks": [{"name": "a.example", "clientConfig": {"url": "https://a.example/x", "service": {"namespace": "n", "name": "s", "path": "/p", "port": 8443}, "caBundle": "YQ=="}, "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "failurePolicy": "Ignore", "matchPolicy": "Exact", "namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "matchConditions": [{"name": "c", "expression": "true"}], "timeoutSeconds": 30, "sideEffects": "None", "reinvocationPolicy": "IfNeeded"}]}),
            read: |body| {
                let hook = &body.webhooks()?.webhooks[0];
                let client = &hook.client_config;
                let service = client.service.as_ref()?;
                let rule = &hook.rules[0];
                let selectors = (
                    hook.namespace_selector.as_ref()?.match_expressions.len(),
                    hook.object_selector.as_ref()?.match_expressions.len(),
                );
                let policies =
                    [&hook.failure_policy, &hook.match_policy, &hook.side_effects, &hook.reinvocation_policy];
                told((
                    &*hook.name,
                    client.url.as_ref()?.as_str(),
                    (&*service.namespace, &*service.name, service.path.as_deref(), service.port),
                    client.ca_bundle.is_some(),
                    (
                        &rule.operations,
                        &rule.api_groups,
                        &rule.api_versions,
                        &rule.resources,
                        rule.scope.as_deref(),
                        &rule.resource_names,
                    ),
                    policies.map(|policy| policy.as_deref().unwrap_or_default()),
                    selectors,
                    hook.match_conditions.len(),
                    hook.timeout_seconds,
                ))
            },
            expected: r#"("a.example", "https://a.example/x", ("n", "s", Some("/p"), Some(8443)), true, (["CREATE"], [""], ["v1"], ["pods"], Some("Namespaced"), ["a"]), ["Ignore", "Exact", "None", "IfNeeded"], (1, 0), 1, Some(30))"#,
        },
        Sample {
            api_version: "admissionregistration.k8s.io/v1",
            kind: "ValidatingAdmissionPolicy",
            fields: json!({"spec": {"failurePolicy": "Ignore", "matchConstraints": {"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "resourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "excludeResourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}, {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "matchPolicy": "Exact"}, "matchConditions": [{"name": "c"}], "paramKind": {"kind": "ConfigMap"}, "validations": [{"expression": "true"}]}}),
            read: |body| {
                let policy = body.admission_policy()?;
                let matched = policy.match_constraints.as_ref()?;
                told((
                    policy.failure_policy.as_deref(),
                    (
                        matched.namespace_selector.is_some(),
                        matched.object_selector.is_some(),
                        matched.resource_rules.len(),
                        matched.exclude_resource_rules.len(),
                        matched.match_policy.as_deref(),
                    ),
                    policy.match_conditions.len(),
                    policy.param_kind.is_some(),
                    policy.validations.len(),
                ))
            },
            expected: r#"(Some("Ignore"), (true, true, 1, 2, Some("Exact")), 1, true, 1)"#,
        },
        Sample {
            api_version: "admissionregistration.k8s.io/v1",
            kind: "MutatingAdmissionPolicy",
            fields: json!({"spec": {"failurePolicy": "Ignore", "matchConstraints": {"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "resourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "excludeResourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}, {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "matchPolicy": "Exact"}, "matchConditions": [{"name": "c"}], "paramKind": {"kind": "ConfigMap"}, "validations": [{"expression": "true"}]}}),
            read: |body| {
                let policy = body.admission_policy()?;
                let matched = policy.match_constraints.as_ref()?;
                told((
                    policy.failure_policy.as_deref(),
                    (
                        matched.namespace_selector.is_some(),
                        matched.object_selector.is_some(),
                        matched.resource_rules.len(),
                        matched.exclude_resource_rules.len(),
                        matched.match_policy.as_deref(),
                    ),
                    policy.match_conditions.len(),
                    policy.param_kind.is_some(),
                    policy.validations.len(),
                ))
            },
            expected: r#"(Some("Ignore"), (true, true, 1, 2, Some("Exact")), 1, true, 1)"#,
        },
        Sample {
            api_version: "admissionregistration.k8s.io/v1beta1",
            kind: "ValidatingAdmissionPolicyBinding",
            fields: json!({"spec": {"policyName": "p", "validationActions": ["Warn"], "paramRef": {"name": "n", "namespace": "s", "selector": {}, "parameterNotFoundAction": "Allow"}, "matchResources": {"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "resourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "excludeResourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}, {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "matchPolicy": "Exact"}}}),
            read: |body| {
                let binding = body.policy_binding()?;
                let matched = binding.match_resources.as_ref()?;
                let params = binding.param_ref.as_ref()?;
                told((
                    &*binding.policy_name,
                    &binding.validation_actions,
                    (
                        &*params.name,
                        &*params.namespace,
                        params.selector.is_some(),
                        params.parameter_not_found_action.as_deref(),
                    ),
                    (
                        matched.namespace_selector.is_some(),
                        matched.object_selector.is_some(),
                        matched.resource_rules.len(),
                        matched.exclude_resource_rules.len(),
                        matched.match_policy.as_deref(),
                    ),
                ))
            },
            expected: r#"("p", ["Warn"], ("n", "s", true, Some("Allow")), (true, true, 1, 2, Some("Exact")))"#,
        },
        Sample {
            api_version: "admissionregistration.k8s.io/v1beta1",
            kind: "MutatingAdmissionPolicyBinding",
            fields: json!({"spec": {"policyName": "p", "validationActions": ["Warn"], "paramRef": {"name": "n", "namespace": "s", "selector": {}, "parameterNotFoundAction": "Allow"}, "matchResources": {"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "resourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "excludeResourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}, {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "matchPolicy": "Exact"}}}),
            read: |body| {
                let binding = body.policy_binding()?;
                let matched = binding.match_resources.as_ref()?;
                let params = binding.param_ref.as_ref()?;
                told((
                    &*binding.policy_name,
                    &binding.validation_actions,
                    (
                        &*params.name,
                        &*params.namespace,
                        params.selector.is_some(),
                        params.parameter_not_found_action.as_deref(),
                    ),
                    (
                        matched.namespace_selector.is_some(),
                        matched.object_selector.is_some(),
                        matched.resource_rules.len(),
                        matched.exclude_resource_rules.len(),
                        matched.match_policy.as_deref(),
                    ),
                ))
            },
            expected: r#"("p", ["Warn"], ("n", "s", true, Some("Allow")), (true, true, 1, 2, Some("Exact")))"#,
        },
        Sample {
            api_version: "kyverno.io/v1",
            kind: "ClusterPolicy",
            fields: json!({"spec": {"validationFailureAction": "Audit", "validationFailureActionOverrides": [{"action": "Enforce"}], "failurePolicy": "Ignore", "webhookConfiguration": {"failurePolicy": "Fail", "matchConditions": [{"name": "a"}]}, "rules": [{"name": "r", "match": {"any": [{"resources": {"kinds": ["Pod"], "names": ["a*"], "namespaces": ["n"], "selector": {}, "namespaceSelector": {}, "operations": ["CREATE"]}, "subjects": [{}], "roles": ["r"], "clusterRoles": ["c"]}], "all": [], "resources": {"kinds": ["Pod"], "names": ["a*"], "namespaces": ["n"], "selector": {}, "namespaceSelector": {}, "operations": ["CREATE"]}}, "exclude": {"all": [{"resources": {}}]}, "preconditions": {"all": []}, "validate": {"failureAction": "Enforce"}, "verifyImages": [{"imageReferences": ["*"], "skipImageReferences": ["a"], "required": false, "mutateDigest": true, "verifyDigest": false, "failureAction": "Audit", "attestors": [{}], "attestations": [{}, {}], "key": "k", "issuer": "i"}]}]}}),
            read: |body| {
                let policy = body.kyverno_policy()?;
                let webhook = policy.webhook_configuration.as_ref()?;
                let rule = &policy.rules[0];
                let filter = &rule.matches.any[0];
                let resources = &filter.resources;
                let images = &rule.verify_images[0];
                let outer = [
                    &policy.validation_failure_action,
                    &policy.failure_policy,
                    &webhook.failure_policy,
                    &rule.validate.as_ref()?.failure_action,
                    &images.failure_action,
                ];
                let selectors = (
                    resources.selector.is_some(),
                    resources.namespace_selector.is_some(),
                    rule.matches.resources.is_some(),
                    rule.matches.all.len(),
                    rule.exclude.as_ref()?.all.len(),
                );
                told((
                    outer.map(|text| text.as_deref().unwrap_or_default()),
                    (
                        policy.validation_failure_action_overrides.len(),
                        webhook.match_conditions.len(),
                        rule.preconditions.is_some(),
                    ),
                    &*rule.name,
                    (&resources.kinds, &resources.names, &resources.namespaces, &resources.operations),
                    selectors,
                    (filter.subjects.len(), filter.roles.len(), filter.cluster_roles.len()),
                    (
                        &images.image_references,
                        &images.skip_image_references,
                        images.required,
                        images.mutate_digest,
                        images.verify_digest,
                    ),
                    (
                        images.attestors.len(),
                        images.attestations.len(),
                        images.key.is_some(),
                        images.issuer.is_some(),
                    ),
                ))
            },
            expected: r#"(["Audit", "Ignore", "Fail", "Enforce", "Audit"], (1, 1, true), "r", (["Pod"], ["a*"], ["n"], ["CREATE"]), (true, true, true, 0, 1), (1, 1, 1), (["*"], ["a"], Some(false), Some(true), Some(false)), (1, 2, true, true))"#,
        },
        Sample {
            api_version: "kyverno.io/v1",
            kind: "Policy",
            fields: json!({"spec": {"validationFailureAction": "Audit", "validationFailureActionOverrides": [{"action": "Enforce"}], "failurePolicy": "Ignore", "webhookConfiguration": {"failurePolicy": "Fail", "matchConditions": [{"name": "a"}]}, "rules": [{"name": "r", "match": {"any": [{"resources": {"kinds": ["Pod"], "names": ["a*"], "namespaces": ["n"], "selector": {}, "namespaceSelector": {}, "operations": ["CREATE"]}, "subjects": [{}], "roles": ["r"], "clusterRoles": ["c"]}], "all": [], "resources": {"kinds": ["Pod"], "names": ["a*"], "namespaces": ["n"], "selector": {}, "namespaceSelector": {}, "operations": ["CREATE"]}}, "exclude": {"all": [{"resources": {}}]}, "preconditions": {"all": []}, "validate": {"failureAction": "Enforce"}, "verifyImages": [{"imageReferences": ["*"], "skipImageReferences": ["a"], "required": false, "mutateDigest": true, "verifyDigest": false, "failureAction": "Audit", "attestors": [{}], "attestations": [{}, {}], "key": "k", "issuer": "i"}]}]}}),
            read: |body| {
                let policy = body.kyverno_policy()?;
                let webhook = policy.webhook_configuration.as_ref()?;
                let rule = &policy.rules[0];
                let filter = &rule.matches.any[0];
                let resources = &filter.resources;
                let images = &rule.verify_images[0];
                let outer = [
                    &policy.validation_failure_action,
                    &policy.failure_policy,
                    &webhook.failure_policy,
                    &rule.validate.as_ref()?.failure_action,
                    &images.failure_action,
                ];
                let selectors = (
                    resources.selector.is_some(),
                    resources.namespace_selector.is_some(),
                    rule.matches.resources.is_some(),
                    rule.matches.all.len(),
                    rule.exclude.as_ref()?.all.len(),
                );
                told((
                    outer.map(|text| text.as_deref().unwrap_or_default()),
                    (
                        policy.validation_failure_action_overrides.len(),
                        webhook.match_conditions.len(),
                        rule.preconditions.is_some(),
                    ),
                    &*rule.name,
                    (&resources.kinds, &resources.names, &resources.namespaces, &resources.operations),
                    selectors,
                    (filter.subjects.len(), filter.roles.len(), filter.cluster_roles.len()),
                    (
                        &images.image_references,
                        &images.skip_image_references,
                        images.required,
                        images.mutate_digest,
                        images.verify_digest,
                    ),
                    (
                        images.attestors.len(),
                        images.attestations.len(),
                        images.key.is_some(),
                        images.issuer.is_some(),
                    ),
                ))
            },
            expected: r#"(["Audit", "Ignore", "Fail", "Enforce", "Audit"], (1, 1, true), "r", (["Pod"], ["a*"], ["n"], ["CREATE"]), (true, true, true, 0, 1), (1, 1, 1), (["*"], ["a"], Some(false), Some(true), Some(false)), (1, 2, true, true))"#,
        },
        Sample {
            api_version: "policies.kyverno.io/v1",
            kind: "ValidatingPolicy",
            fields: json!({"spec": {"validationActions": ["Audit"], "failurePolicy": "Ignore", "matchConstraints": {"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "resourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "excludeResourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}, {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "matchPolicy": "Exact"}, "matchConditions": [{"name": "a"}], "matchImageReferences": [{"glob": "a/*"}, {"expression": "true"}], "validationConfigurations": {"required": false, "mutateDigest": true, "verifyDigest": true}, "attestors": [{}]}}),
            read: |body| {
                let policy = body.kyverno_cel_policy()?;
                let matched = policy.match_constraints.as_ref()?;
                let validation = policy.validation_configurations.as_ref()?;
                let images = &policy.match_image_references;
                told((
                    &policy.validation_actions,
                    policy.failure_policy.as_deref(),
                    (
                        matched.namespace_selector.is_some(),
                        matched.object_selector.is_some(),
                        matched.resource_rules.len(),
                        matched.exclude_resource_rules.len(),
                        matched.match_policy.as_deref(),
                    ),
                    policy.match_conditions.len(),
                    (images[0].glob.as_deref(), images[1].expression.is_some()),
                    (validation.required, validation.mutate_digest, validation.verify_digest),
                    policy.attestors.len(),
                ))
            },
            expected: r#"(["Audit"], Some("Ignore"), (true, true, 1, 2, Some("Exact")), 1, (Some("a/*"), true), (Some(false), Some(true), Some(true)), 1)"#,
        },
        Sample {
            api_version: "policies.kyverno.io/v1",
            kind: "NamespacedValidatingPolicy",
            fields: json!({"spec": {"validationActions": ["Audit"], "failurePolicy": "Ignore", "matchConstraints": {"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "resourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "excludeResourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}, {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "matchPolicy": "Exact"}, "matchConditions": [{"name": "a"}], "matchImageReferences": [{"glob": "a/*"}, {"expression": "true"}], "validationConfigurations": {"required": false, "mutateDigest": true, "verifyDigest": true}, "attestors": [{}]}}),
            read: |body| {
                let policy = body.kyverno_cel_policy()?;
                let matched = policy.match_constraints.as_ref()?;
                let validation = policy.validation_configurations.as_ref()?;
                let images = &policy.match_image_references;
                told((
                    &policy.validation_actions,
                    policy.failure_policy.as_deref(),
                    (
                        matched.namespace_selector.is_some(),
                        matched.object_selector.is_some(),
                        matched.resource_rules.len(),
                        matched.exclude_resource_rules.len(),
                        matched.match_policy.as_deref(),
                    ),
                    policy.match_conditions.len(),
                    (images[0].glob.as_deref(), images[1].expression.is_some()),
                    (validation.required, validation.mutate_digest, validation.verify_digest),
                    policy.attestors.len(),
                ))
            },
            expected: r#"(["Audit"], Some("Ignore"), (true, true, 1, 2, Some("Exact")), 1, (Some("a/*"), true), (Some(false), Some(true), Some(true)), 1)"#,
        },
        Sample {
            api_version: "policies.kyverno.io/v1",
            kind: "ImageValidatingPolicy",
            fields: json!({"spec": {"validationActions": ["Audit"], "failurePolicy": "Ignore", "matchConstraints": {"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "resourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "excludeResourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}, {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "matchPolicy": "Exact"}, "matchConditions": [{"name": "a"}], "matchImageReferences": [{"glob": "a/*"}, {"expression": "true"}], "validationConfigurations": {"required": false, "mutateDigest": true, "verifyDigest": true}, "attestors": [{}]}}),
            read: |body| {
                let policy = body.kyverno_cel_policy()?;
                let matched = policy.match_constraints.as_ref()?;
                let validation = policy.validation_configurations.as_ref()?;
                let images = &policy.match_image_references;
                told((
                    &policy.validation_actions,
                    policy.failure_policy.as_deref(),
                    (
                        matched.namespace_selector.is_some(),
                        matched.object_selector.is_some(),
                        matched.resource_rules.len(),
                        matched.exclude_resource_rules.len(),
                        matched.match_policy.as_deref(),
                    ),
                    policy.match_conditions.len(),
                    (images[0].glob.as_deref(), images[1].expression.is_some()),
                    (validation.required, validation.mutate_digest, validation.verify_digest),
                    policy.attestors.len(),
                ))
            },
            expected: r#"(["Audit"], Some("Ignore"), (true, true, 1, 2, Some("Exact")), 1, (Some("a/*"), true), (Some(false), Some(true), Some(true)), 1)"#,
        },
        Sample {
            api_version: "policies.kyverno.io/v1",
            kind: "NamespacedImageValidatingPolicy",
            fields: json!({"spec": {"validationActions": ["Audit"], "failurePolicy": "Ignore", "matchConstraints": {"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}, "objectSelector": {}, "resourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "excludeResourceRules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}, {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "scope": "Namespaced", "resourceNames": ["a"]}], "matchPolicy": "Exact"}, "matchConditions": [{"name": "a"}], "matchImageReferences": [{"glob": "a/*"}, {"expression": "true"}], "validationConfigurations": {"required": false, "mutateDigest": true, "verifyDigest": true}, "attestors": [{}]}}),
            read: |body| {
                let policy = body.kyverno_cel_policy()?;
                let matched = policy.match_constraints.as_ref()?;
                let validation = policy.validation_configurations.as_ref()?;
                let images = &policy.match_image_references;
                told((
                    &policy.validation_actions,
                    policy.failure_policy.as_deref(),
                    (
                        matched.namespace_selector.is_some(),
                        matched.object_selector.is_some(),
                        matched.resource_rules.len(),
                        matched.exclude_resource_rules.len(),
                        matched.match_policy.as_deref(),
                    ),
                    policy.match_conditions.len(),
                    (images[0].glob.as_deref(), images[1].expression.is_some()),
                    (validation.required, validation.mutate_digest, validation.verify_digest),
                    policy.attestors.len(),
                ))
            },
            expected: r#"(["Audit"], Some("Ignore"), (true, true, 1, 2, Some("Exact")), 1, (Some("a/*"), true), (Some(false), Some(true), Some(true)), 1)"#,
        },
        Sample {
            api_version: "policy.sigstore.dev/v1beta1",
            kind: "ClusterImagePolicy",
            fields: json!({"spec": {"mode": "warn", "images": [{"glob": "**"}], "authorities": [{"static": {"action": "pass"}}, {"key": {"data": "x"}}, {"keyless": {"url": "x"}}], "match": [{"resource": "pods"}]}}),
            read: |body| {
                let policy = body.cluster_image_policy()?;
                let authorities = &policy.authorities;
                told((
                    &*policy.mode,
                    &*policy.images[0].glob,
                    &*authorities[0].fixed.as_ref()?.action,
                    authorities[1].key.is_some(),
                    authorities[2].keyless.is_some(),
                    policy.matches.len(),
                ))
            },
            expected: r#"("warn", "**", "pass", true, true, 1)"#,
        },
        Sample {
            api_version: "constraints.gatekeeper.sh/v1beta1",
            kind: "K8sAllowedRepos",
            fields: json!({"spec": {"enforcementAction": "dryrun", "scopedEnforcementActions": [{"action": "deny"}], "match": {"kinds": [{"apiGroups": [""], "kinds": ["Pod"]}], "namespaces": ["a"], "excludedNamespaces": ["b"], "namespaceSelector": {}, "labelSelector": {}}, "parameters": {"repos": ["registry.example/"], "allowedImages": ["a*"]}}}),
            read: |body| {
                let constraint = body.constraint()?;
                let matches = constraint.matches.as_ref()?;
                let parameters = &constraint.parameters.as_ref()?.0;
                let selectors = (matches.namespace_selector.is_some(), matches.label_selector.is_some());
                told((
                    &*constraint.enforcement_action,
                    constraint.scoped_enforcement_actions.len(),
                    (&matches.kinds[0].api_groups, &matches.kinds[0].kinds),
                    &matches.namespaces,
                    &matches.excluded_namespaces,
                    selectors,
                    &parameters.repos,
                    &parameters.allowed_images,
                ))
            },
            expected: r#"("dryrun", 1, ([""], ["Pod"]), ["a"], ["b"], (true, true), ["registry.example/"], ["a*"])"#,
        },
    ]
}
