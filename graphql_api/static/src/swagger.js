// Swagger UI, on the OpenAPI document of the caller.

(() => {
    const SCHEME = "key"; // as the document names it
    const session = window.ApiSession;

    // What is entered under "Authorize" is the key of this tab, too.
    const KeepKey = () => ({
        statePlugins: {
            auth: {
                wrapActions: {
                    authorize: (original) => (payload) => {
                        if (payload[SCHEME]) {
                            session.keep(payload[SCHEME].value);
                        }
                        return original(payload);
                    },
                    logout: (original) => (names) => {
                        session.keep(null);
                        return original(names);
                    },
                },
            },
        },
    });

    // The document is JSON: Swagger UI would read its text as YAML, which is slow.
    const ReadJson = () => ({
        statePlugins: {
            spec: {
                wrapActions: {
                    parseToJson:
                        (_original, { specActions }) =>
                        (text) =>
                            specActions.updateJsonSpec(JSON.parse(text)),
                },
            },
        },
    });

    // Return a part of a schema without what is behind its references: Swagger UI would follow
    // them from resource to resource, through the whole document, to show one operation.
    function shallow(value) {
        if (Array.isArray(value)) {
            return value.map(shallow);
        }
        if (value === null || typeof value !== "object") {
            return value;
        }
        if (typeof value.$ref === "string") {
            const title = value.$ref.split("/").pop();
            return { type: "object", title, description: `See the schema ${title}.` };
        }
        return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shallow(part)]));
    }

    // Return a part of the document in the terms of OpenAPI 3.0. Of a document of 3.1 Swagger UI
    // resolves the whole, anew for each operation that one opens, and takes half a minute for it.
    function inTermsOf30(value) {
        if (Array.isArray(value)) {
            return value.map(inTermsOf30);
        }
        if (value === null || typeof value !== "object") {
            return value;
        }
        const converted = {};
        for (const [name, part] of Object.entries(value)) {
            if (name === "type" && Array.isArray(part)) {
                const types = part.filter((type) => type !== "null");
                converted.nullable = types.length < part.length;
                if (types.length === 1) {
                    converted.type = types[0];
                }
            } else if (name === "const" && typeof part !== "object") {
                converted.enum = [part];
            } else if (name === "examples" && Array.isArray(part)) {
                converted.example = part[0];
            } else {
                converted[name] = inTermsOf30(part);
            }
        }
        return converted;
    }

    async function explore() {
        const document = await session.get("/api/openapi.json");
        document.components.schemas = shallow(document.components.schemas);
        const spec = { ...inTermsOf30(document), openapi: "3.0.4" };
        const page = window.SwaggerUIBundle({
            dom_id: "#page",
            spec,
            plugins: [KeepKey, ReadJson],
            docExpansion: "none",
            defaultModelsExpandDepth: 0,
            displayRequestDuration: true,
            filter: true,
            // The default asks a server on the internet.
            validatorUrl: null,
            onComplete() {
                if (session.key()) {
                    page.preauthorizeApiKey(SCHEME, session.key());
                }
            },
        });
    }

    session.open(explore);
})();
