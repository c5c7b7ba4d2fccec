"""Resources of a cluster, in the style of Kubernetes: deep, mostly optional, well described."""

from __future__ import annotations

from typing import Any

from shapes import Sample, Schema, array, boolean, closed, enum, integer, obj, old_ref, text

STRINGS: Schema = {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}}
NAME = text(pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", maxLength=253)
INT_OR_STRING: Schema = {"anyOf": [{"type": "integer"}, {"type": "string"}]}
QUANTITY = text(
    "An amount with a unit, such as 500m or 1Gi",
    pattern=r"^([0-9]+(\.[0-9]+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$",
)

DEFINITIONS: Schema = {
    "metadata": obj(
        {
            "name": NAME | {"description": "Name, unique within a namespace. Cannot be changed."},
            "namespace": {"type": ["string", "null"], "maxLength": 63},
            "labels": STRINGS | {"description": "Map of keys and values to organize objects by."},
            "annotations": STRINGS | {"description": "Unstructured values set by external tools."},
            "uid": {"type": ["string", "null"]},
            "generation": {"type": ["integer", "null"], "format": "int64"},
            "finalizers": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
            "ownerReferences": array(old_ref("owner")),
        },
        "name",
        description="Standard metadata that all persisted resources must have.",
    ),
    "owner": obj(
        {
            "apiVersion": text("API version of the referent."),
            "kind": text("Kind of the referent."),
            "name": text(),
            "uid": text(),
            "controller": {"type": ["boolean", "null"]},
        },
        "apiVersion kind name uid",
    ),
    "selector": obj(
        {
            "matchLabels": STRINGS,
            "matchExpressions": array(
                obj(
                    {
                        "key": text("The label key that the selector applies to."),
                        "operator": enum("In", "NotIn", "Exists", "DoesNotExist"),
                        "values": array(text()),
                    },
                    "key operator",
                )
            ),
        }
    ),
    "env": obj(
        {
            "name": text(pattern="^[-._a-zA-Z][-._a-zA-Z0-9]*$"),
            "value": {"type": ["string", "null"]},
            "valueFrom": {
                "oneOf": [
                    closed({"secretKeyRef": old_ref("key")}, "*"),
                    closed({"configMapKeyRef": old_ref("key")}, "*"),
                    closed({"fieldRef": obj({"fieldPath": text()}, "*")}, "*"),
                ]
            },
        },
        "name",
    ),
    "key": obj({"name": text(), "key": text(), "optional": boolean()}, "key"),
    "probe": obj(
        {
            "httpGet": obj(
                {
                    "path": text(),
                    "port": INT_OR_STRING,
                    "scheme": enum("HTTP", "HTTPS"),
                    "httpHeaders": array(closed({"name": text(), "value": text()}, "*")),
                },
                "port",
            ),
            "exec": obj({"command": array(text())}),
            "tcpSocket": obj({"port": INT_OR_STRING}, "port"),
            "initialDelaySeconds": integer(0, format="int32"),
            "periodSeconds": integer(1, format="int32"),
            "timeoutSeconds": integer(1, format="int32"),
            "failureThreshold": integer(1, format="int32"),
        },
        description="A health check to be performed against a container.",
    ),
    "resources": obj(
        {
            "limits": {"type": "object", "additionalProperties": QUANTITY},
            "requests": {"type": "object", "additionalProperties": QUANTITY},
        }
    ),
    "port": obj(
        {
            "name": text(maxLength=15),
            "containerPort": integer(1, 65535),
            "protocol": enum("TCP", "UDP", "SCTP"),
        },
        "containerPort",
    ),
    "mount": obj(
        {
            "name": text("This must match the name of a volume."),
            "mountPath": text(pattern="^[^:]*$"),
            "readOnly": boolean(),
            "subPath": text(),
        },
        "name mountPath",
    ),
    "security": obj(
        {
            "runAsUser": integer(0),
            "runAsNonRoot": boolean(),
            "readOnlyRootFilesystem": boolean(),
            "allowPrivilegeEscalation": boolean(),
            "capabilities": obj({"add": array(text()), "drop": array(text())}),
            "seccompProfile": obj({"type": enum("RuntimeDefault", "Unconfined")}, "type"),
        }
    ),
    "container": obj(
        {
            "name": NAME,
            "image": text("Container image name."),
            "imagePullPolicy": enum("Always", "IfNotPresent", "Never"),
            "command": array(text()),
            "args": array(text()),
            "workingDir": text(),
            "ports": array(old_ref("port")),
            "env": array(old_ref("env")),
            "resources": old_ref("resources"),
            "volumeMounts": array(old_ref("mount")),
            "livenessProbe": old_ref("probe"),
            "readinessProbe": old_ref("probe"),
            "securityContext": old_ref("security"),
        },
        "name image",
        description="A single application container that you want to run within a pod.",
    ),
    "volume": obj(
        {
            "name": NAME,
            "emptyDir": obj({"medium": text(), "sizeLimit": QUANTITY}),
            "configMap": obj({"name": text(), "defaultMode": integer(0, 511)}),
            "secret": obj({"secretName": text(), "optional": boolean()}),
            "persistentVolumeClaim": obj({"claimName": text(), "readOnly": boolean()}, "claimName"),
        },
        "name",
    ),
    "pod": obj(
        {
            "serviceAccountName": text(),
            "restartPolicy": enum("Always", "OnFailure", "Never"),
            "nodeSelector": STRINGS,
            "tolerations": array(
                obj(
                    {
                        "key": text(),
                        "operator": enum("Exists", "Equal"),
                        "value": text(),
                        "effect": enum("NoSchedule", "PreferNoSchedule", "NoExecute"),
                        "tolerationSeconds": integer(),
                    }
                )
            ),
            "initContainers": array(old_ref("container")),
            "containers": array(old_ref("container"), minItems=1),
            "volumes": array(old_ref("volume")),
            "terminationGracePeriodSeconds": integer(0),
        },
        "containers",
        description="Specification of the desired behavior of the pod.",
    ),
    "template": obj({"metadata": {"type": "object"}, "spec": old_ref("pod")}, "spec"),
}

CONTAINER: dict[str, Any] = {
    "name": "web",
    "image": "registry.example.org/shop/web:2026.11.3",
    "imagePullPolicy": "IfNotPresent",
    "args": ["--listen", "0.0.0.0:8080"],
    "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
    "env": [
        {"name": "LOG_LEVEL", "value": "info"},
        {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "token"}}},
    ],
    "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}, "requests": {"cpu": "0.1"}},
    "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 5},
    "securityContext": {"runAsNonRoot": True, "capabilities": {"drop": ["ALL"]}},
}
POD = {"containers": [CONTAINER], "volumes": [{"name": "tmp", "emptyDir": {}}]}
METADATA = {"name": "shop-web", "namespace": "shop", "labels": {"app": "web", "tier": "front"}}


def samples() -> list[Sample]:
    return [
        resource(
            "Deployment",
            "apps/v1",
            obj(
                {
                    "replicas": integer(0, format="int32"),
                    "selector": old_ref("selector"),
                    "template": old_ref("template"),
                    "strategy": obj(
                        {
                            "type": enum("Recreate", "RollingUpdate"),
                            "rollingUpdate": obj(
                                {"maxSurge": INT_OR_STRING, "maxUnavailable": INT_OR_STRING}
                            ),
                        }
                    ),
                    "revisionHistoryLimit": integer(0, format="int32"),
                },
                "selector template",
            ),
            {
                "replicas": 3,
                "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}}, "spec": POD},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}},
            },
        ),
        resource(
            "CronJob",
            "batch/v1",
            obj(
                {
                    "schedule": text(pattern=r"^(@(hourly|daily|weekly)|(\S+ ){4}\S+)$"),
                    "concurrencyPolicy": enum("Allow", "Forbid", "Replace"),
                    "suspend": boolean(),
                    "jobTemplate": obj(
                        {"spec": obj({"template": old_ref("template")}, "template")}, "spec"
                    ),
                },
                "schedule jobTemplate",
            ),
            {
                "schedule": "*/15 * * * *",
                "concurrencyPolicy": "Forbid",
                "jobTemplate": {
                    "spec": {
                        "template": {
                            "spec": {
                                "restartPolicy": "OnFailure",
                                "containers": [{"name": "clean", "image": "clean:1"}],
                            }
                        }
                    }
                },
            },
        ),
        resource(
            "Service",
            "v1",
            obj(
                {
                    "type": enum("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
                    "selector": STRINGS,
                    "ports": array(
                        obj(
                            {
                                "name": text(),
                                "port": integer(1, 65535),
                                "targetPort": INT_OR_STRING,
                                "nodePort": integer(30000, 32767),
                                "protocol": enum("TCP", "UDP"),
                            },
                            "port",
                        )
                    ),
                    "externalIPs": array(text()),
                    "sessionAffinity": enum("None", "ClientIP"),
                }
            ),
            {
                "type": "NodePort",
                "selector": {"app": "web"},
                "ports": [{"name": "http", "port": 80, "targetPort": "http", "nodePort": 30080}],
            },
        ),
        resource(
            "Ingress",
            "networking.k8s.io/v1",
            obj(
                {
                    "ingressClassName": text(),
                    "tls": array(obj({"hosts": array(text()), "secretName": text()})),
                    "rules": array(
                        obj(
                            {
                                "host": text(pattern=r"^(\*\.)?[a-z0-9.-]+$"),
                                "http": obj(
                                    {
                                        "paths": array(
                                            obj(
                                                {
                                                    "path": text(pattern="^/"),
                                                    "pathType": enum("Exact", "Prefix"),
                                                    "backend": {"type": "object"},
                                                },
                                                "pathType backend",
                                            )
                                        )
                                    },
                                    "paths",
                                ),
                            }
                        )
                    ),
                }
            ),
            {
                "ingressClassName": "nginx",
                "tls": [{"hosts": ["shop.example.org"], "secretName": "shop-tls"}],
                "rules": [
                    {
                        "host": "*.example.org",
                        "http": {
                            "paths": [
                                {
                                    "path": "/api",
                                    "pathType": "Prefix",
                                    "backend": {"service": {"name": "web", "port": {"number": 80}}},
                                }
                            ]
                        },
                    }
                ],
            },
        ),
        resource(
            "PersistentVolumeClaim",
            "v1",
            obj(
                {
                    "accessModes": array(
                        enum("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"), minItems=1
                    ),
                    "resources": old_ref("resources"),
                    "storageClassName": {"type": ["string", "null"]},
                    "volumeMode": enum("Filesystem", "Block"),
                },
                "accessModes resources",
            ),
            {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "10Gi"}},
                "storageClassName": None,
            },
        ),
        resource(
            "HorizontalPodAutoscaler",
            "autoscaling/v2",
            obj(
                {
                    "scaleTargetRef": obj({"kind": text(), "name": text()}, "kind name"),
                    "minReplicas": integer(1),
                    "maxReplicas": integer(1),
                    "metrics": array(
                        {
                            "oneOf": [
                                closed({"type": {"const": "Resource"}, "resource": {}}, "*"),
                                closed({"type": {"const": "Pods"}, "pods": {}}, "*"),
                                closed({"type": {"const": "External"}, "external": {}}, "*"),
                            ]
                        }
                    ),
                },
                "scaleTargetRef maxReplicas",
            ),
            {
                "scaleTargetRef": {"kind": "Deployment", "name": "web"},
                "minReplicas": 2,
                "maxReplicas": 10,
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": 70}}],
            },
        ),
        resource(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            obj(
                {
                    "podSelector": old_ref("selector"),
                    "policyTypes": array(enum("Ingress", "Egress"), uniqueItems=True),
                    "ingress": array(
                        obj(
                            {
                                "from": array(
                                    obj(
                                        {
                                            "podSelector": old_ref("selector"),
                                            "namespaceSelector": old_ref("selector"),
                                            "ipBlock": obj(
                                                {"cidr": text(), "except": array(text())}, "cidr"
                                            ),
                                        }
                                    )
                                ),
                                "ports": array(obj({"protocol": text(), "port": INT_OR_STRING})),
                            }
                        )
                    ),
                },
                "podSelector",
            ),
            {
                "podSelector": {
                    "matchExpressions": [
                        {"key": "tier", "operator": "In", "values": ["back", "data"]}
                    ]
                },
                "policyTypes": ["Ingress"],
                "ingress": [
                    {
                        "from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}],
                        "ports": [{"protocol": "TCP", "port": 5432}],
                    }
                ],
            },
        ),
        secret(),
        role(),
        config_map(),
    ]


def resource(kind: str, version: str, spec: Schema, filled: dict[str, Any]) -> Sample:
    """A resource with metadata and a `spec`."""
    schema = closed(
        {
            "apiVersion": enum(version, type="string", description="Versioned schema of this."),
            "kind": enum(kind, type="string"),
            "metadata": old_ref("metadata"),
            "spec": spec,
        },
        "*",
    )
    schema = {"$schema": "http://json-schema.org/draft-07/schema#"} | schema | used(schema)
    text = {"apiVersion": version, "kind": kind, "metadata": METADATA, "spec": filled}
    small = text | {"metadata": {"name": "a"}}
    return Sample(f"resource_{kind.lower()}", schema, [text, small], [text | {"kind": "Pod"}])


def used(schema: Schema) -> Schema:
    """The definitions that a schema refers to, and those that they refer to."""
    found: Schema = {}
    queue = [schema]
    while queue:
        words = str(queue.pop()).split("#/definitions/")[1:]
        for name in (word.partition("'")[0] for word in words):
            if name not in found:
                found[name] = DEFINITIONS[name]
                queue.append(DEFINITIONS[name])
    return {"definitions": found}


def secret() -> Sample:
    base64 = text(pattern="^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")
    schema = obj(
        {
            "kind": enum("Secret"),
            "metadata": old_ref("metadata"),
            "type": text(),
            "data": {
                "type": "object",
                "propertyNames": {"pattern": "^[-._a-zA-Z0-9]+$"},
                "additionalProperties": base64,
            },
            "immutable": boolean(),
        },
        "kind metadata",
    )
    text_ = {
        "kind": "Secret",
        "metadata": METADATA,
        "type": "Opaque",
        "data": {"token": "c2VjcmV0"},
    }
    wrong = text_ | {"data": {"token": "c2VjcmV"}}
    return Sample("resource_secret", schema | used(schema), [text_], [wrong])


def role() -> Sample:
    verbs = enum("get", "list", "watch", "create", "update", "patch", "delete", "*")
    schema = obj(
        {
            "kind": enum("Role", "ClusterRole"),
            "metadata": old_ref("metadata"),
            "rules": array(
                closed(
                    {
                        "apiGroups": array(text()),
                        "resources": array(text(), minItems=1),
                        "resourceNames": array(text()),
                        "verbs": array(verbs, minItems=1, uniqueItems=True),
                    },
                    "verbs",
                )
            ),
        },
        "kind metadata rules",
    )
    rule = {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]}
    text_ = {"kind": "Role", "metadata": METADATA, "rules": [rule]}
    wrong = text_ | {"rules": [rule | {"verbs": ["get", "get"]}]}
    return Sample("resource_role", schema | used(schema), [text_], [wrong])


def config_map() -> Sample:
    schema = obj(
        {
            "kind": enum("ConfigMap"),
            "metadata": old_ref("metadata"),
            "data": {"type": "object", "additionalProperties": {"type": "string"}},
            "binaryData": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "kind metadata",
    )
    data = {"app.ini": '[server]\nport = 8080\n\n[log]\nlevel = "debug"\n', "empty": ""}
    text_ = {"kind": "ConfigMap", "metadata": METADATA, "data": data}
    return Sample("resource_configmap", schema | used(schema), [text_], [])
