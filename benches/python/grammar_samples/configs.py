"""Files that programs are set up with: many optional parts, unions of short and long forms."""

from __future__ import annotations

from shapes import (
    Sample,
    Schema,
    array,
    boolean,
    closed,
    enum,
    integer,
    nullable,
    number,
    obj,
    old_ref,
    ref,
    text,
)

SEVEN: Schema = {"$schema": "http://json-schema.org/draft-07/schema#"}
STRINGS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
STRING_OR_LIST: Schema = {"anyOf": [{"type": "string"}, array({"type": "string"})]}


def samples() -> list[Sample]:
    return [
        package(),
        compiler(),
        linter(),
        compose(),
        pipeline(),
        renovate(),
        manifest(),
        launch(),
        logging(),
        flags(),
        dashboard(),
        alerts(),
        interface(),
        translations(),
        crate(),
        deployment_environment(),
        formatter(),
        routes(),
        theme(),
        keybindings(),
        infrastructure(),
        cache(),
    ]


def package() -> Sample:
    person: Schema = {
        "anyOf": [
            {"type": "string"},
            obj({"name": text(), "email": text(format="email"), "url": text()}, "name"),
        ]
    }
    schema = SEVEN | {
        "definitions": {
            "person": person,
            "dependency": {
                "description": "Dependencies are specified with a simple hash of package name to "
                "version range.",
                "type": "object",
                "additionalProperties": {"type": "string"},
            },
        },
        "type": "object",
        "patternProperties": {"^_": {"description": "Any property starting with _ is valid."}},
        "properties": {
            "name": text(
                "The name of the package.",
                maxLength=214,
                pattern="^(?:@[a-z0-9-*~][a-z0-9-*._~]*/)?[a-z0-9-~][a-z0-9-._~]*$",
            ),
            "version": text("Version must be parseable by node-semver."),
            "description": text("This helps people discover your package."),
            "keywords": array(text()),
            "homepage": text(),
            "license": text(),
            "author": old_ref("person"),
            "contributors": array(old_ref("person")),
            "files": array(text()),
            "main": text(),
            "type": enum("commonjs", "module", default="commonjs"),
            "bin": {"anyOf": [{"type": "string"}, STRINGS]},
            "scripts": STRINGS,
            "engines": STRINGS,
            "dependencies": old_ref("dependency"),
            "devDependencies": old_ref("dependency"),
            "private": {"anyOf": [boolean(), enum("false", "true")]},
            "workspaces": array(text()),
        },
    }
    text_ = {
        "name": "@acme/rocket",
        "version": "2.1.0-beta.3",
        "keywords": ["space", "fuel"],
        "author": {"name": "A. Person", "email": "a@example.org"},
        "contributors": ["B. Person <b@example.org>"],
        "type": "module",
        "bin": {"rocket": "./bin/rocket.js"},
        "scripts": {"test": "node --test", "build": "tsc -p . && cp -r a b"},
        "dependencies": {"left-pad": "^1.3.0", "@types/node": ">=18 <21 || 22.x"},
        "private": True,
        "_resolved": {"anything": 1},
    }
    wrong = [text_ | {"name": "Rocket!"}, text_ | {"type": "umd"}]
    return Sample("config_package", schema, [text_, {}], wrong)


def compiler() -> Sample:
    modules = enum("commonjs", "amd", "system", "umd", "es6", "es2015", "esnext", "nodenext")
    options = obj(
        {
            "target": {
                "anyOf": [
                    enum("ES5", "ES2017", "ES2022", "ESNext"),
                    text(pattern="^([eE][sS]([356]|(20(1[56789]|2[012]))|[nN][eE][xX][tT]))$"),
                ]
            },
            "module": {"anyOf": [modules, text(pattern="^([cC][oO][mM]+[oO][nN][jJ][sS])$")]},
            "lib": array(text()),
            "strict": boolean(),
            "noEmit": boolean(),
            "outDir": text(),
            "rootDirs": array(text()),
            "paths": {"type": "object", "additionalProperties": array(text())},
            "jsx": enum("preserve", "react", "react-jsx", "react-native"),
            "plugins": array(obj({"name": text()})),
        }
    )
    schema = SEVEN | obj(
        {
            "extends": STRING_OR_LIST,
            "compilerOptions": options,
            "include": array(text()),
            "exclude": array(text()),
            "references": array(obj({"path": text(), "prepend": boolean()}, "path")),
        },
        anyOf=[{"required": ["compilerOptions"]}, {"required": ["extends"]}],
    )
    text_ = {
        "extends": "./base.json",
        "compilerOptions": {
            "target": "ES2022",
            "module": "esnext",
            "lib": ["dom", "es2022"],
            "strict": True,
            "paths": {"@/*": ["src/*", "generated/*"]},
        },
        "include": ["src/**/*.ts"],
    }
    return Sample("config_compiler", schema, [text_], [{"include": ["a"]}])


def linter() -> Sample:
    severity = {"oneOf": [enum(0, 1, 2), enum("off", "warn", "error")]}
    rule: Schema = {
        "oneOf": [
            severity,
            {"type": "array", "items": [severity], "additionalItems": True, "minItems": 1},
        ]
    }
    settings: Schema = {
        "env": {"type": "object", "additionalProperties": {"type": "boolean"}},
        "extends": STRING_OR_LIST,
        "globals": {
            "type": "object",
            "additionalProperties": enum("readonly", "writable", "off", True, False),
        },
        "parserOptions": obj(
            {
                "ecmaVersion": {"anyOf": [integer(3, 16), {"const": "latest"}]},
                "sourceType": enum("script", "module"),
            }
        ),
        "rules": {"type": "object", "additionalProperties": rule},
    }
    override = obj({"files": STRING_OR_LIST | {"minLength": 1}} | settings, "files")
    schema = SEVEN | obj({"root": boolean()} | settings | {"overrides": array(override)})
    text_ = {
        "root": True,
        "env": {"browser": True, "es2022": True},
        "extends": ["recommended", "plugin:a/b"],
        "parserOptions": {"ecmaVersion": "latest", "sourceType": "module"},
        "rules": {"indent": ["error", 2, {"SwitchCase": 1}], "semi": 2, "quotes": "off"},
        "overrides": [{"files": "*.test.js", "rules": {"no-undef": "warn"}}],
    }
    wrong = text_ | {"rules": {"semi": 3}}
    return Sample("config_linter", schema, [text_], [wrong, text_ | {"rules": {"a": []}}])


def compose() -> Sample:
    list_or_dict: Schema = {
        "oneOf": [
            {
                "type": "object",
                "patternProperties": {".+": {"type": ["string", "number", "boolean", "null"]}},
                "additionalProperties": False,
            },
            array(text(), uniqueItems=True),
        ]
    }
    service = closed(
        {
            "image": text(),
            "build": {
                "oneOf": [
                    {"type": "string"},
                    closed({"context": text(), "dockerfile": text(), "args": ref("list_or_dict")}),
                ]
            },
            "command": STRING_OR_LIST,
            "environment": ref("list_or_dict"),
            "ports": array({"oneOf": [number(), text(), obj({"target": integer()})]}),
            "depends_on": {
                "oneOf": [
                    array(text(), uniqueItems=True),
                    {
                        "type": "object",
                        "additionalProperties": closed(
                            {"condition": enum("service_started", "service_healthy")}, "*"
                        ),
                    },
                ]
            },
            "volumes": array(text(), uniqueItems=True),
            "restart": text(pattern="^(no|always|unless-stopped|on-failure(:[0-9]+)?)$"),
        }
    )
    schema: Schema = {
        "$defs": {"list_or_dict": list_or_dict, "service": service},
        "type": "object",
        "properties": {
            "name": text(pattern="^[a-z0-9][a-z0-9_-]*$"),
            "services": {
                "type": "object",
                "patternProperties": {"^[a-zA-Z0-9._-]+$": ref("service")},
                "additionalProperties": False,
            },
            "volumes": {"type": "object", "additionalProperties": {"type": ["object", "null"]}},
        },
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }
    text_ = {
        "name": "shop",
        "services": {
            "web": {
                "build": {"context": ".", "args": ["A=1"]},
                "environment": {"DEBUG": True, "PORT": 80, "EMPTY": None},
                "ports": ["80:80", 443],
                "depends_on": {"db": {"condition": "service_healthy"}},
                "restart": "on-failure:3",
            },
            "db": {"image": "postgres:17", "volumes": ["data:/var/lib/postgresql/data"]},
        },
        "volumes": {"data": None},
        "x-owner": {"team": "shop"},
    }
    wrong = [text_ | {"version": "3"}, text_ | {"services": {"a b": {}}}]
    return Sample("config_compose", schema, [text_], wrong)


def pipeline() -> Sample:
    step = obj(
        {
            "id": text(),
            "name": text(),
            "if": {"type": ["boolean", "number", "string"]},
            "uses": text(pattern="^.+@.+$|^\\./"),
            "run": text(),
            "with": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
            "env": STRINGS,
            "continue-on-error": {"oneOf": [boolean(), text(pattern=r"^\$\{\{.*\}\}$")]},
        },
        oneOf=[{"required": ["uses"]}, {"required": ["run"]}],
    )
    events = enum("push", "pull_request", "release", "schedule", "workflow_dispatch")
    schema = SEVEN | closed(
        {
            "name": text(),
            "on": {"oneOf": [events, array(events, minItems=1), {"type": "object"}]},
            "env": STRINGS,
            "permissions": {
                "oneOf": [
                    enum("read-all", "write-all"),
                    {"type": "object", "additionalProperties": enum("read", "write", "none")},
                ]
            },
            "jobs": {
                "type": "object",
                "minProperties": 1,
                "patternProperties": {
                    "^[_a-zA-Z][a-zA-Z0-9_-]*$": closed(
                        {
                            "runs-on": STRING_OR_LIST,
                            "needs": STRING_OR_LIST,
                            "timeout-minutes": integer(1, 360),
                            "strategy": obj(
                                {
                                    "fail-fast": boolean(),
                                    "matrix": {
                                        "type": "object",
                                        "additionalProperties": array({}),
                                    },
                                },
                                "matrix",
                            ),
                            "steps": array(step, minItems=1),
                        },
                        "runs-on steps",
                    )
                },
                "additionalProperties": False,
            },
        },
        "on jobs",
    )
    text_ = {
        "name": "CI",
        "on": ["push", "pull_request"],
        "permissions": {"contents": "read"},
        "jobs": {
            "test": {
                "runs-on": "ubuntu-24.04",
                "timeout-minutes": 20,
                "strategy": {"matrix": {"python": ["3.11", 3.13], "os": ["linux"]}},
                "steps": [
                    {"uses": "actions/checkout@v4", "with": {"fetch-depth": 0}},
                    {"name": "Test", "if": "always()", "run": "nox -s tests\nnox -s lint"},
                ],
            }
        },
    }
    wrong = [text_ | {"jobs": {}}, text_ | {"on": "fork"}, text_ | {"runs": 1}]
    return Sample("config_pipeline", schema, [text_], wrong)


def renovate() -> Sample:
    rule = obj(
        {
            "matchPackageNames": array(text()),
            "matchUpdateTypes": array(enum("major", "minor", "patch", "pin", "digest")),
            "enabled": boolean(),
            "automerge": boolean(),
            "groupName": nullable(text()),
            "schedule": STRING_OR_LIST,
            "minimumReleaseAge": text(pattern=r"^\d+ (minutes?|hours?|days?|weeks?)$"),
        }
    )
    schema = obj(
        {
            "$schema": text(),
            "extends": array(text()),
            "timezone": text(),
            "labels": array(text()),
            "prConcurrentLimit": integer(0),
            "rangeStrategy": enum("auto", "pin", "bump", "replace", "widen", "update-lockfile"),
            "packageRules": array(rule),
        }
    )
    text_ = {
        "$schema": "https://docs.example.com/renovate-schema.json",
        "extends": ["config:recommended", ":semanticCommits"],
        "labels": ["dependencies"],
        "prConcurrentLimit": 5,
        "rangeStrategy": "bump",
        "packageRules": [
            {"matchUpdateTypes": ["minor", "patch"], "automerge": True, "groupName": None},
            {"matchPackageNames": ["/^eslint/"], "minimumReleaseAge": "3 days"},
        ],
    }
    return Sample("config_updates", schema, [text_], [text_ | {"rangeStrategy": "any"}])


def manifest() -> Sample:
    icon = obj(
        {
            "src": text(),
            "sizes": text(pattern="^(any|[1-9][0-9]*x[1-9][0-9]*( [1-9][0-9]*x[1-9][0-9]*)*)$"),
            "type": text(pattern="^[a-z]+/[a-z0-9.+-]+$"),
            "purpose": enum("any", "maskable", "monochrome", "any maskable"),
        },
        "src",
    )
    schema = obj(
        {
            "name": text(),
            "short_name": text(maxLength=12),
            "start_url": text(),
            "display": enum("fullscreen", "standalone", "minimal-ui", "browser"),
            "background_color": text(pattern="^#[0-9a-fA-F]{6}$"),
            "icons": array(icon, minItems=1),
            "categories": array(text()),
        },
        "name icons",
    )
    text_ = {
        "name": "Tide tables",
        "short_name": "Tides",
        "display": "standalone",
        "background_color": "#003049",
        "icons": [{"src": "/i.png", "sizes": "48x48 96x96", "type": "image/png"}],
    }
    return Sample("config_web_manifest", schema, [text_], [text_ | {"short_name": "Tide tables!!"}])


def launch() -> Sample:
    common: Schema = {"name": text(), "cwd": text(), "env": STRINGS, "console": text()}
    variants = [
        closed(common | {"type": {"const": "python"}, "module": text(), "args": array(text())}),
        closed(common | {"type": {"const": "node"}, "program": text(), "sourceMaps": boolean()}),
        closed(common | {"type": {"const": "gdb"}, "target": text(), "stopAtEntry": boolean()}),
    ]
    for variant in variants:
        variant["required"] = ["name", "type"]
    schema = obj({"version": enum("0.2.0"), "configurations": array({"oneOf": variants})}, "*")
    text_ = {
        "version": "0.2.0",
        "configurations": [
            {"name": "Tests", "env": {"A": "1"}, "type": "python", "module": "pytest"},
            {"name": "Serve", "type": "node", "program": "${workspaceFolder}/a.js"},
        ],
    }
    wrong = text_ | {"configurations": [{"name": "x", "type": "node", "module": "y"}]}
    return Sample("config_launch", schema, [text_], [wrong])


def logging() -> Sample:
    level = enum("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    handler = obj(
        {
            "class": text(pattern=r"^[a-zA-Z_][\w.]*$"),
            "level": level,
            "formatter": text(),
            "filters": array(text()),
            "filename": text(),
            "maxBytes": integer(0),
        },
        "class",
    )
    named: Schema = {"type": "object", "additionalProperties": handler}
    logger = obj({"level": level, "handlers": array(text()), "propagate": boolean()})
    schema = closed(
        {
            "version": {"const": 1},
            "disable_existing_loggers": boolean(),
            "formatters": {"type": "object", "additionalProperties": obj({"format": text()})},
            "handlers": named,
            "loggers": {"type": "object", "additionalProperties": logger},
            "root": logger,
        },
        "version",
    )
    text_ = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"long": {"format": "%(asctime)s %(levelname)-8s %(message)s"}},
        "handlers": {
            "file": {"class": "logging.FileHandler", "level": "INFO", "filename": "a.log"}
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
    }
    return Sample("config_logging", schema, [text_, {"version": 1}], [text_ | {"version": 2}])


def flags() -> Sample:
    condition: Schema = {
        "oneOf": [
            closed({"and": array(ref("condition"), minItems=1)}, "*"),
            closed({"or": array(ref("condition"), minItems=1)}, "*"),
            closed({"not": ref("condition")}, "*"),
            closed(
                {"attribute": text(), "op": enum("eq", "in", "gt", "matches"), "value": {}}, "*"
            ),
        ]
    }
    flag = closed(
        {
            "description": text(),
            "default": boolean(),
            "rollout": number(0, 100),
            "when": ref("condition"),
        },
        "default",
    )
    schema: Schema = {
        "$defs": {"condition": condition},
        "type": "object",
        "propertyNames": {"pattern": "^[a-z][a-z0-9-]{2,40}$"},
        "additionalProperties": flag,
    }
    text_ = {
        "new-checkout": {
            "default": False,
            "rollout": 12.5,
            "when": {
                "and": [
                    {"attribute": "country", "op": "in", "value": ["NO", "SE"]},
                    {"not": {"or": [{"attribute": "age", "op": "gt", "value": 90}]}},
                ]
            },
        }
    }
    wrong = [{"New": {"default": True}}, {"abc": {"default": True, "when": {"and": []}}}]
    return Sample("config_feature_flags", schema, [text_], wrong)


def dashboard() -> Sample:
    target = obj(
        {
            "expr": text(),
            "legend": text(),
            "datasource": nullable(obj({"uid": text(), "type": text()}, "uid")),
        },
        "expr",
    )
    panel: Schema = {
        "type": "object",
        "properties": {
            "id": integer(1),
            "title": text(),
            "type": enum("graph", "stat", "table", "row", "text"),
            "gridPos": closed({name: integer(0, 24) for name in "hwxy"}, "*"),
            "targets": array(target),
            "panels": array(ref("panel")),
            "options": {"type": "object"},
        },
        "required": ["type", "gridPos"],
        "if": {"properties": {"type": {"const": "row"}}},
        "then": {"required": ["panels"]},
        "else": {"properties": {"panels": {"maxItems": 0}}},
    }
    schema: Schema = {
        "$defs": {"panel": panel},
        "type": "object",
        "properties": {
            "title": text(minLength=1),
            "uid": text(pattern="^[a-zA-Z0-9_-]{1,40}$"),
            "refresh": enum("", "5s", "1m", "1h", False),
            "panels": array(ref("panel")),
            "time": obj({"from": text(), "to": text()}, "*"),
            "schemaVersion": integer(1),
        },
        "required": ["title", "panels"],
    }
    place = {"h": 8, "w": 12, "x": 0, "y": 0}
    graph = {"id": 1, "type": "graph", "gridPos": place, "targets": [{"expr": "rate(a[5m])"}]}
    text_ = {
        "title": "Orders",
        "refresh": False,
        "panels": [graph, {"type": "row", "gridPos": place, "panels": [graph]}],
        "time": {"from": "now-6h", "to": "now"},
    }
    wrong = text_ | {"panels": [{"type": "row", "gridPos": place}]}
    return Sample("config_dashboard", schema, [text_], [wrong])


def alerts() -> Sample:
    duration = text(pattern="^([0-9]+(ms|[smhdwy]))+$")
    rule: Schema = {
        "oneOf": [
            closed(
                {
                    "alert": text(),
                    "expr": text(minLength=1),
                    "for": duration,
                    "labels": STRINGS,
                    "annotations": STRINGS,
                },
                "alert expr",
            ),
            closed({"record": text(pattern="^[a-zA-Z_:]+$"), "expr": text()}, "*"),
        ]
    }
    group = closed({"name": text(), "interval": duration, "rules": array(rule)}, "name rules")
    schema = closed({"groups": array(group)}, "*")
    text_ = {
        "groups": [
            {
                "name": "shop",
                "interval": "1m30s",
                "rules": [
                    {
                        "alert": "TooSlow",
                        "expr": 'quantile(0.99, sum by (le) (rate(a_bucket{j="w"}[5m]))) > 1',
                        "for": "10m",
                        "labels": {"severity": "page"},
                    },
                    {"record": "job:rate", "expr": "sum(rate(x[1m]))"},
                ],
            }
        ]
    }
    wrong = {"groups": [{"name": "a", "rules": [{"alert": "x", "record": "y", "expr": "z"}]}]}
    return Sample("config_alerts", schema, [text_], [wrong])


def interface() -> Sample:
    reference = closed({"$ref": text(format="uri-reference")}, "$ref")
    kind: Schema = {
        "oneOf": [
            ref("reference"),
            closed(
                {
                    "type": enum("string", "integer", "number", "boolean", "array", "object"),
                    "format": text(),
                    "items": ref("kind"),
                    "properties": {"type": "object", "additionalProperties": ref("kind")},
                    "required": array(text(), minItems=1, uniqueItems=True),
                    "enum": array({}, minItems=1),
                    "nullable": boolean(),
                },
                "type",
                patternProperties={"^x-": {}},
            ),
        ]
    }
    media = obj({"schema": ref("kind"), "example": {}})
    content: Schema = {"type": "object", "additionalProperties": media}
    parameter = closed(
        {
            "name": text(),
            "in": enum("path", "query", "header", "cookie"),
            "required": boolean(),
            "schema": ref("kind"),
        },
        "name in",
        allOf=[
            {
                "if": {"properties": {"in": {"const": "path"}}},
                "then": {"properties": {"required": {"const": True}}, "required": ["required"]},
            }
        ],
    )
    operation = closed(
        {
            "operationId": text(pattern="^[a-zA-Z][a-zA-Z0-9_]*$"),
            "summary": text(),
            "tags": array(text()),
            "parameters": array(ref("parameter")),
            "requestBody": obj({"required": boolean(), "content": content}, "content"),
            "responses": {
                "type": "object",
                "patternProperties": {
                    "^([1-5][0-9]{2}|default)$": obj(
                        {"description": text(), "content": content}, "description"
                    )
                },
                "additionalProperties": False,
                "minProperties": 1,
            },
        },
        "responses",
    )
    methods = {name: ref("operation") for name in ("get", "put", "post", "delete", "patch")}
    schema: Schema = {
        "$defs": {
            "reference": reference,
            "kind": kind,
            "parameter": parameter,
            "operation": operation,
        },
        "type": "object",
        "properties": {
            "openapi": text(pattern=r"^3\.0\.\d(-.+)?$"),
            "info": obj({"title": text(), "version": text()}, "*"),
            "servers": array(obj({"url": text()}, "url")),
            "paths": {
                "type": "object",
                "patternProperties": {"^/": closed(methods)},
                "additionalProperties": False,
            },
        },
        "required": ["openapi", "info", "paths"],
    }
    item = {"$ref": "#/components/schemas/Item"}
    text_ = {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1.2"},
        "paths": {
            "/items/{id}": {
                "get": {
                    "operationId": "getItem",
                    "parameters": [
                        {
                            "name": "id",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "integer", "format": "int64"},
                        }
                    ],
                    "responses": {
                        "200": {
                            "description": "The item",
                            "content": {
                                "application/json": {"schema": {"type": "array", "items": item}}
                            },
                        },
                        "404": {"description": "None"},
                    },
                }
            }
        },
    }
    wrong = [text_ | {"paths": {"items": {}}}, text_ | {"openapi": "2.0"}]
    return Sample("config_interface_description", schema, [text_], wrong)


def translations() -> Sample:
    message: Schema = {
        "anyOf": [
            {"type": "string"},
            closed({"one": text(), "few": text(), "other": text()}, "other"),
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/message"}},
        ]
    }
    schema: Schema = {
        "$defs": {"message": message},
        "type": "object",
        "propertyNames": {"pattern": "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"},
        "additionalProperties": {
            "type": "object",
            "additionalProperties": ref("message"),
        },
    }
    text_ = {
        "nb-NO": {"hello": "Hei, {name}!", "items": {"one": "én ting", "other": "{n} ting"}},
        "ja": {"hello": "こんにちは、{name}さん", "menu": {"file": {"open": "開く"}}},
        "ar": {"hello": "مرحبا"},
    }
    return Sample("config_translations", schema, [text_], [{"norsk": {}}])


def crate() -> Sample:
    dependency: Schema = {
        "anyOf": [
            {"type": "string"},
            closed(
                {
                    "version": text(),
                    "path": text(),
                    "git": text(format="uri"),
                    "features": array(text()),
                    "optional": boolean(),
                    "default-features": boolean(),
                    "workspace": boolean(),
                }
            ),
        ]
    }
    table: Schema = {"type": "object", "additionalProperties": old_ref("dependency")}
    schema = SEVEN | {
        "definitions": {"dependency": dependency},
        "type": "object",
        "properties": {
            "package": obj(
                {
                    "name": text(pattern="^[a-zA-Z][a-zA-Z0-9_-]*$"),
                    "version": text(),
                    "edition": enum("2015", "2018", "2021", "2024"),
                    "rust-version": text(),
                    "publish": {"anyOf": [boolean(), array(text())]},
                },
                "name",
            ),
            "dependencies": table,
            "dev-dependencies": table,
            "features": {"type": "object", "additionalProperties": array(text())},
            "profile": {
                "type": "object",
                "additionalProperties": obj(
                    {
                        "opt-level": enum(0, 1, 2, 3, "s", "z"),
                        "lto": {"type": ["boolean", "string"]},
                    }
                ),
            },
        },
    }
    text_ = {
        "package": {"name": "rocket-core", "version": "0.1.0", "edition": "2024", "publish": False},
        "dependencies": {
            "serde": {"version": "1", "features": ["derive", "rc"]},
            "rayon": "1.10",
        },
        "features": {"default": []},
        "profile": {"release": {"opt-level": "z", "lto": "fat"}},
    }
    wrong = text_ | {"profile": {"release": {"opt-level": "x"}}}
    return Sample("config_crate", schema, [text_], [wrong])


def deployment_environment() -> Sample:
    variable = text(pattern="^[A-Z_][A-Z0-9_]*$")
    schema = closed(
        {
            "environments": {
                "type": "object",
                "propertyNames": {"enum": ["development", "staging", "production"]},
                "additionalProperties": closed(
                    {
                        "url": text(format="uri"),
                        "replicas": integer(1, 100),
                        "secrets": array(variable, uniqueItems=True, maxItems=50),
                        "regions": array(enum("eu-north-1", "eu-west-1", "us-east-1"), minItems=1),
                    },
                    "url",
                ),
            }
        },
        "*",
    )
    text_ = {
        "environments": {
            "production": {
                "url": "https://example.org",
                "replicas": 6,
                "secrets": ["API_KEY", "DB_URL"],
                "regions": ["eu-north-1"],
            }
        }
    }
    wrong = {"environments": {"test": {"url": "https://example.org"}}}
    return Sample("config_environments", schema, [text_], [wrong])


def formatter() -> Sample:
    options: Schema = {
        "printWidth": integer(0, 320, default=80),
        "tabWidth": integer(0, 16),
        "useTabs": boolean(),
        "semi": boolean(),
        "singleQuote": boolean(),
        "trailingComma": enum("none", "es5", "all"),
        "endOfLine": {"oneOf": [{"enum": ["auto"]}, {"enum": ["lf"]}, {"enum": ["crlf"]}]},
        "parser": {"anyOf": [enum("babel", "css", "json", "yaml"), {"type": "string"}]},
    }
    override = closed({"files": STRING_OR_LIST, "options": closed(options)}, "files")
    schema = SEVEN | obj(options | {"overrides": array(override)})
    text_ = {
        "printWidth": 100,
        "semi": False,
        "endOfLine": "lf",
        "overrides": [{"files": ["*.yml"], "options": {"tabWidth": 2, "parser": "yaml"}}],
    }
    return Sample("config_formatter", schema, [text_, {}], [text_ | {"endOfLine": "cr"}])


def routes() -> Sample:
    common: Schema = {
        "path": text(pattern="^/[A-Za-z0-9/:_.*-]*$"),
        "methods": array(enum("GET", "POST", "PUT", "DELETE"), uniqueItems=True),
    }
    route: Schema = {
        "allOf": [
            obj(common, "path"),
            {
                "oneOf": [
                    obj({"redirect": text(), "status": enum(301, 302, 307, 308)}, "redirect"),
                    obj({"upstream": text(format="uri"), "timeout": number(0, 300)}, "upstream"),
                    obj({"static": text()}, "static"),
                ]
            },
        ]
    }
    schema = obj({"routes": array(route, minItems=1)}, "routes")
    text_ = {
        "routes": [
            {"path": "/old/*", "redirect": "/new", "status": 308},
            {"path": "/api/:id", "methods": ["GET"], "upstream": "http://10.0.0.2:80"},
        ]
    }
    wrong = {"routes": [{"path": "/", "redirect": "/a", "static": "b"}]}
    return Sample("config_routes", schema, [text_], [wrong])


def theme() -> Sample:
    colour: Schema = {
        "oneOf": [
            text(pattern="^#[0-9a-f]{6}([0-9a-f]{2})?$"),
            text(pattern=r"^rgb\([0-9]{1,3}, [0-9]{1,3}, [0-9]{1,3}\)$"),
            ref("token"),
        ]
    }
    token = text(pattern=r"^\{[a-z]+(\.[a-z0-9]+)*\}$")
    shades = {str(step * 100): ref("colour") for step in range(1, 10)}
    schema: Schema = {
        "$defs": {"colour": colour, "token": token},
        "type": "object",
        "properties": {
            "palette": {"type": "object", "additionalProperties": closed(shades, "100 500 900")},
            "semantic": {"type": "object", "additionalProperties": ref("colour")},
            "radius": array(number(0, 64), minItems=3, maxItems=6),
            "font": closed(
                {"family": array(text(), minItems=1), "weight": integer(100, 900)}, "family"
            ),
        },
        "required": ["palette"],
    }
    text_ = {
        "palette": {"sea": {"100": "#e0f7ff", "500": "rgb(0, 119, 182)", "900": "#03045eff"}},
        "semantic": {"link": "{palette.sea.500}"},
        "radius": [0, 4, 8.5],
        "font": {"family": ["Inter", "sans-serif"], "weight": 450},
    }
    wrong = text_ | {"semantic": {"link": "blue"}}
    return Sample("config_theme", schema, [text_], [wrong])


def keybindings() -> Sample:
    chord = r"((ctrl|shift|alt|meta)\+){0,3}([a-z0-9]|f[0-9]{1,2}|enter|escape|tab|up|down)"
    binding = closed(
        {
            "key": text(pattern=f"^{chord}( {chord})?$"),
            "command": text(pattern=r"^-?[a-zA-Z][\w.-]*$"),
            "when": text(),
            "args": {},
        },
        "key command",
    )
    text_ = [
        {"key": "ctrl+shift+p", "command": "workbench.showCommands"},
        {"key": "ctrl+k ctrl+s", "command": "-files.saveAll", "when": "a && !b", "args": [1]},
    ]
    wrong = [{"key": "hyper+p", "command": "a"}]
    return Sample("config_keybindings", array(binding), [text_], [wrong])


def infrastructure() -> Sample:
    resource: Schema = {
        "type": "object",
        "properties": {
            "Type": text(pattern=r"^[A-Z][A-Za-z0-9]*::[A-Za-z0-9]+::[A-Za-z0-9]+$"),
            "DependsOn": STRING_OR_LIST,
            "DeletionPolicy": enum("Delete", "Retain", "Snapshot"),
            "Properties": {"type": "object"},
        },
        "required": ["Type"],
        "additionalProperties": False,
    }
    parameter = obj(
        {
            "Type": enum("String", "Number", "CommaDelimitedList"),
            "Default": {"type": ["string", "number"]},
            "AllowedValues": array({"type": ["string", "number"]}),
            "MinLength": integer(0),
        },
        "Type",
    )
    alphanumeric = "^[a-zA-Z0-9]+$"
    schema = closed(
        {
            "AWSTemplateFormatVersion": enum("2010-09-09"),
            "Description": text(maxLength=1024),
            "Parameters": {
                "type": "object",
                "patternProperties": {alphanumeric: parameter},
                "maxProperties": 50,
                "additionalProperties": False,
            },
            "Resources": {
                "type": "object",
                "patternProperties": {alphanumeric: resource},
                "minProperties": 1,
                "additionalProperties": False,
            },
        },
        "Resources",
    )
    text_ = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Size": {"Type": "Number", "Default": 3}},
        "Resources": {
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "DeletionPolicy": "Retain",
                "Properties": {"Name": {"Fn::Sub": "${AWS::StackName}-data"}},
            }
        },
    }
    wrong = [text_ | {"Resources": {}}, text_ | {"Resources": {"a-b": {"Type": "A::B::C"}}}]
    return Sample("config_infrastructure", schema, [text_], wrong)


def cache() -> Sample:
    size: Schema = {"oneOf": [integer(0), text(pattern=r"^\d+(\.\d+)?\s?[kKmMgG][bB]?$")]}
    variants = [
        closed({"backend": {"const": "memory"}, "size": size, "ttl": number(0)}, "backend size"),
        closed({"backend": {"const": "disk"}, "path": text(), "size": size}, "backend path"),
        closed({"backend": {"const": "redis"}, "url": text(format="uri")}, "*"),
    ]
    schema = {"type": "object", "additionalProperties": {"anyOf": variants}, "maxProperties": 4}
    text_ = {
        "pages": {"backend": "memory", "size": "1.5 GB", "ttl": 60},
        "files": {"backend": "disk", "path": "/var/cache", "size": 1048576},
        "sessions": {"backend": "redis", "url": "redis://cache:6379/0"},
    }
    wrong = [{"a": {"backend": "memory", "size": "big"}}, {"a": {"backend": "tape"}}]
    return Sample("config_cache", schema, [text_], wrong)
