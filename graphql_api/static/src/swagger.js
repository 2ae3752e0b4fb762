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

    async function explore() {
        const spec = await session.get("/api/openapi.json");
        spec.components.schemas = shallow(spec.components.schemas);
        const page = window.SwaggerUIBundle({
            dom_id: "#page",
            spec,
            plugins: [KeepKey],
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

    session.open(explore, [["GraphQL", "/api/graphql"]]);
})();
