// Swagger UI, on the OpenAPI document of the caller.

(() => {
    const SCHEME = "key"; // as the document names it
    // The table of operators is long: it opens at a click, so that the operations are in sight.
    const SECTION = /^## (.*)\n\n([^]*)$/m;
    const CLOSED = "<details><summary>$1</summary>\n\n$2\n\n</details>";
    // What Swagger UI gives no name that screen readers could read.
    const NAMES = { "textarea.body-param__text": "Request body", "button.close-modal": "Close" };
    const session = window.ApiSession;
    const page = document.getElementById("page");

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

    // Swagger UI would copy the description, write it as text and read that as YAML, which is slow.
    const TakeDescription = (description) => () => ({
        statePlugins: {
            spec: {
                wrapActions: {
                    parseToJson:
                        (_original, { specActions }) =>
                        () =>
                            specActions.updateJsonSpec(description),
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

    // Name what has no name for screen readers, and let keys scroll code.
    function makeAccessible() {
        const fields = "tr[data-param-name] :is(input, select, textarea):not([aria-label])";
        for (const field of page.querySelectorAll(fields)) {
            field.setAttribute("aria-label", field.closest("tr").dataset.paramName);
        }
        for (const [selector, name] of Object.entries(NAMES)) {
            for (const element of page.querySelectorAll(`${selector}:not([aria-label])`)) {
                element.setAttribute("aria-label", name);
            }
        }
        for (const code of page.querySelectorAll("pre.microlight:not([tabindex])")) {
            code.tabIndex = 0;
        }
    }
    new MutationObserver(makeAccessible).observe(page, { childList: true, subtree: true });

    async function explore() {
        const description = await session.get("/api/openapi.json");
        description.components.schemas = shallow(description.components.schemas);
        description.info.description = description.info.description.replace(SECTION, CLOSED);
        const openapi = "3.0.4";
        const swagger = window.SwaggerUIBundle({
            dom_id: "#page",
            spec: { openapi },
            plugins: [KeepKey, TakeDescription({ ...inTermsOf30(description), openapi })],
            docExpansion: "none",
            defaultModelsExpandDepth: 0,
            displayRequestDuration: true,
            filter: true,
            // The default asks a server on the internet.
            validatorUrl: null,
            onComplete() {
                if (session.key()) {
                    swagger.preauthorizeApiKey(SCHEME, session.key());
                }
            },
        });
    }

    session.open(explore);
})();

// Links within the document go to their place, which Swagger UI would open in another tab.
document.addEventListener("click", (event) => {
    const link = event.target.closest("#page a[href^='#']");
    const place = link && document.getElementById(link.hash.slice(1));
    if (place) {
        event.preventDefault();
        place.closest("details")?.setAttribute("open", "");
        place.scrollIntoView();
    }
});
