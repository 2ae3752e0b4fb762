// GraphiQL, with example queries for what the caller may read.

(() => {
    const EXAMPLES = 4;
    const FIELDS = 6;
    // Shown first, where the caller may read them.
    const WELL_KNOWN = ["customers", "sale-orders", "products", "invoices"];
    // What every type has tells a newcomer the least.
    const COMMON = ["id", "displayName", "externalId", "createDate", "writeDate", "version"];
    // Of the others, these are shown first.
    const USUAL = [/^name$/, /^state$/, /date/i, /(amount|price|revenue|total)/i, /^(email|phone)$/];
    const PATH = "/api/graphql";
    const session = window.ApiSession;
    const page = document.getElementById("page");
    let root = null;

    async function send(request, { headers = {} } = {}) {
        const response = await fetch(PATH, {
            method: "POST",
            credentials: "same-origin",
            headers: {
                "Content-Type": "application/json",
                Accept: "application/graphql-response+json, application/json",
                ...session.authorization(),
                ...headers,
            },
            body: JSON.stringify(request),
        });
        return response.json();
    }

    function camelCase(name) {
        return name.replace(/[-_](.)/g, (_match, letter) => letter.toUpperCase());
    }

    function rank({ name }) {
        return WELL_KNOWN.includes(name) ? WELL_KNOWN.indexOf(name) : WELL_KNOWN.length;
    }

    function fieldRank(name) {
        const index = USUAL.findIndex((pattern) => pattern.test(name));
        return index < 0 ? USUAL.length : index;
    }

    function isPlain({ args, type: { kind, ofType } }) {
        return !args.length && ["SCALAR", "ENUM"].includes(kind === "NON_NULL" ? ofType.kind : kind);
    }

    // Return names of plain fields by type; none where the server does not tell its schema.
    async function plainFields(resources) {
        const parts = resources.map(
            ({ type }) => `${type}: __type(name: "${type}") { fields { name args { name }
                type { kind ofType { kind } } } }`
        );
        const { data } = await send({ query: `{ ${parts.join(" ")} }` });
        const names = {};
        for (const [type, { fields }] of Object.entries(data || {})) {
            const plain = fields.filter(isPlain).map(({ name }) => name);
            names[type] = plain
                .filter((name) => !COMMON.includes(name))
                .sort((one, other) => fieldRank(one) - fieldRank(other));
        }
        return names;
    }

    async function examples() {
        const { data } = await session.get("/api");
        const readable = data.filter(({ operations }) => operations.includes("read"));
        const shown = readable.sort((one, other) => rank(one) - rank(other)).slice(0, EXAMPLES);
        const names = shown.length ? await plainFields(shown) : {};
        const about = "# Ctrl-Enter runs it, Ctrl-Space completes.\n\n";
        const queries = shown.map(({ name, type }) => {
            const list = camelCase(name);
            const fields = ["id", ...(names[type] || ["displayName"]).slice(0, FIELDS)];
            return [
                `query ${list[0].toUpperCase()}${list.slice(1)} {`,
                `  ${list}(first: 5) {`,
                "    totalCount",
                "    nodes {",
                ...fields.map((field) => `      ${field}`),
                "    }",
                "  }",
                "}",
                "",
            ].join("\n");
        });
        const [first = "query WhoAmI {\n  me {\n    lang\n    tz\n  }\n}\n", ...others] = queries;
        return [about + first, ...others].map((query) => ({ query }));
    }

    // CodeMirror's text areas have no names for screen readers; what is around them has.
    function nameEditors() {
        for (const area of page.querySelectorAll(".CodeMirror textarea:not([aria-label])")) {
            const label = area.closest("[aria-label]");
            area.setAttribute("aria-label", label ? label.getAttribute("aria-label") : "Editor");
        }
    }
    new MutationObserver(nameEditors).observe(page, { childList: true, subtree: true });

    async function explore() {
        const { React, ReactDOM, GraphiQL, GraphiQLPluginExplorer } = window;
        const asked = new URLSearchParams(location.search);
        const tabs = await examples();
        if (root) {
            root.unmount();
        }
        root = ReactDOM.createRoot(page);
        root.render(
            React.createElement(GraphiQL, {
                fetcher: send,
                // Deprecated fields of inputs go on working, too.
                inputValueDeprecation: true,
                plugins: [GraphiQLPluginExplorer.explorerPlugin()],
                defaultEditorToolsVisibility: "variables",
                defaultTabs: tabs,
                // Undefined, what the browser has of the last visit is shown.
                query: asked.get("query") || undefined,
                variables: asked.get("variables") || undefined,
                operationName: asked.get("operationName") || undefined,
                showPersistHeadersSettings: false,
                shouldPersistHeaders: false,
            })
        );
    }

    session.open(explore);
})();
