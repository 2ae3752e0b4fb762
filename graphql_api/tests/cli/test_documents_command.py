"""``odoo graphql_documents``: what it takes, and what it says."""

import json
import tempfile
from pathlib import Path

from odoo.tests import tagged

from ...cli.graphql_documents import register
from ..cases.persisted_documents import MUTATION, QUERY, DocumentCase, digest

APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}


def operation(text: str, **members) -> dict:
    """Return an operation as Apollo's manifest lists it."""
    return {"id": digest(text), "name": "Zname", "type": "query", "body": text, **members}


@tagged("post_install", "-at_install")
class TestCommand(DocumentCase):
    def register(self, files: dict) -> str:
        """Return what the command says of these files; other values than text become JSON."""
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = Path(folder, name)
                path.parent.mkdir(exist_ok=True)
                if not isinstance(content, str | bytes):
                    content = json.dumps(content)
                path.write_bytes(content.encode() if isinstance(content, str) else content)
            return register(self.env, Path(folder))

    def refuse(self, files: dict) -> list[str]:
        """Return what is wrong with files, of which the command registers nothing."""
        with self.assertRaises(SystemExit) as caught:
            self.register(files)
        # Python prints such an exit on stderr, with exit code 1.
        *problems, space, advice = caught.exception.code.split("\n")
        self.assertEqual(space, "")
        self.assertIn("Nothing was registered", advice)
        self.assertFalse(self.documents.search([]))
        return problems

    def test_all_kinds_of_files(self):
        texts = [f"query Q{number} {{ me {{ lang }} }}\n" for number in range(5)]
        report = self.register(
            {
                "a.graphql": texts[0],
                "screens/b.gql": texts[1],
                "manifest.json": {**APOLLO, "operations": [operation(texts[2])]},
                "generated/persisted-documents.json": {digest(texts[3]): texts[3]},
                "app.ts": "export const x = 1",
                "notes.md": "{ nope }",
                "empty.json": {},
                "again.graphql": texts[0],
            }
        )
        self.assertIn("Registered documents in the folder: 5, new among them: 4.", report)
        self.assertIn("Registered Documents Only", report)
        found = self.documents.search([])
        self.assertEqual(sorted(found.mapped("text")), texts[:4])
        self.assertTrue(all(found.mapped("registered")))
        self.set_setting("registered_documents", True)
        for text in texts[:4]:
            self.assert_data(self.post(text), {"me": {"lang": "en_US"}})

    def test_repeated(self):
        """What a client has stored meanwhile becomes registered; nothing is there twice."""
        self.post(QUERY, query=True)
        files = {"me.graphql": QUERY, "make.graphql": MUTATION}
        for added in (2, 0):
            report = self.register(files)
            self.assertIn(f"in the folder: 2, new among them: {added}.", report)
        self.assertEqual(sorted(self.stored()), sorted([QUERY, MUTATION]))
        self.assertTrue(all(self.documents.search([]).mapped("registered")))

    def test_all_or_nothing(self):
        """Each problem is named with its file, line and column."""
        wrong = "query Zwrong {\n  me { lang nope }\n  nada\n}"
        problems = self.refuse(
            {
                "good.graphql": QUERY,
                "wrong.graphql": wrong,
                "syntax.gql": "query {",
                "two.graphql": f"{QUERY} {MUTATION}",
                "fragment.graphql": "fragment F on Customer { id }",
                "binary.graphql": b"\xff\xfe",
                "nul.graphql": f"{QUERY} # \x00",
                "apollo.json": {**APOLLO, "operations": [operation(QUERY), operation("{ nope }")]},
                "code.json": {"a9993e364706816aba3e25717850c26c9cd0d89d": QUERY},
                "hash.json": {**APOLLO, "operations": [operation(QUERY, id=digest("x"))]},
            }
        )
        text = "\n".join(problems)
        for expected in (
            "wrong.graphql:2:13: Cannot query field 'nope' on type 'Me'.",
            "wrong.graphql:3:3: Cannot query field 'nada' on type 'Query'.",
            "syntax.gql:1:8: Syntax Error",
            "two.graphql: Send one operation",
            "fragment.graphql: Send one operation",
            "binary.graphql: It cannot be read: ",
            "nul.graphql: It has a character that cannot be stored",
            "apollo.json: Zname:1:3: Cannot query field 'nope' on type 'Query'.",
            "code.json: a9993e364706: a9993e364706816aba3e25717850c26c9cd0d89d is not the SHA-256",
            f"hash.json: Zname: {digest('x')} is not the SHA-256",
        ):
            self.assertIn(expected, text)
        self.assertNotIn("good.graphql", text)
        self.assertEqual(len(problems), 10)

    def test_what_is_no_manifest(self):
        for content in (
            "nonsense",
            "[]",
            '"text"',
            '{"a": "\\ud800"}',
            {"name": "app", "dependencies": {}},
            {**APOLLO, "version": 2, "operations": []},
            APOLLO,
            {**APOLLO, "operations": "x"},
            {**APOLLO, "operations": ["x"]},
            {**APOLLO, "operations": [{"id": "x"}]},
        ):
            with self.subTest(str(content)):
                (problem,) = self.refuse({"x.json": content})
                self.assertIn("x.json: It cannot be read: ", problem)

    def test_nothing_there(self):
        self.assertIn("There is no .graphql", self.refuse({"x.txt": QUERY})[0])
        with self.assertRaisesRegex(SystemExit, "It cannot be read"):
            register(self.env, Path("/nowhere/x.graphql"))
        with self.assertRaisesRegex(SystemExit, "There is no .graphql"):
            register(self.env, Path("/nowhere"))

    def test_one_manifest(self):
        """A file alone is taken, too."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "manifest.json")
            path.write_text(json.dumps({**APOLLO, "operations": [operation(QUERY)]}))
            register(self.env, path)
        self.assertEqual(self.stored(), [QUERY])
