"""The day of a technician: a task with a file, messages and an activity, until it is done."""

import base64
import sys

import pytest

pytestmark = pytest.mark.server

_PROJECT = "Office Design"
_TASK = {"name": "Working Day Repair", "description": "<p>The door sticks</p>"}
_FILE = "before.txt"
_CONTENT = b"A photo of the door"
_NOTE = "Working Day: hinges are worn"
_COMMENT = "Working Day: the door opens"
_ORDER = "Working Day: order hinges"
_DEADLINE = "2030-01-31"
_FEEDBACK = "Working Day: ordered"
_STAGE = "In Progress"


def test_day(days, api):
    days.check(sys.modules[__name__], api, "demo")


def day(api):
    """Do it by an API."""
    me = api.send("GET", "/api/me").json()["data"]["user"]["id"]
    (project,) = api.find("projects", "id,stages.id,stages.name", name=_PROJECT)
    content = base64.b64encode(_CONTENT).decode()
    task = api.create(
        "tasks",
        **_TASK,
        project=project["id"],
        assignees={"link": [me]},
        attachments={"create": [{"name": _FILE, "content": content}]},
    )
    (stage,) = (stage["id"] for stage in project["stages"] if stage["name"] == _STAGE)
    api.update("tasks", task, stage=stage)
    api.act("tasks", task, "post-message", body=_NOTE, kind="note")
    api.act("tasks", task, "schedule-activity", summary=_ORDER, date_deadline=_DEADLINE)
    (activity,) = api.find("activities", "id", summary=_ORDER)
    api.act("activities", activity["id"], "complete", feedback=_FEEDBACK)
    api.act("tasks", task, "post-message", body=_COMMENT)
    api.update("tasks", task, state="1_done")
    assert api.read("tasks", task, "is_closed,attachments.name") == {
        "is_closed": True,
        "attachments": [{"name": _FILE}],
    }


def in_odoo(env):
    """Do it by Odoo's methods."""
    project = env["project.project"].search([("name", "=", _PROJECT)])
    task = env["project.task"].create(
        {**_TASK, "project_id": project.id, "user_ids": [(4, env.uid)]}
    )
    env["ir.attachment"].create(
        {"name": _FILE, "raw": _CONTENT, "res_model": task._name, "res_id": task.id}
    )
    env.cr.flush()  # as at the end of a request: Odoo mails what it has tracked until here
    task.stage_id = project.type_ids.filtered(lambda stage: stage.name == _STAGE)
    env.cr.flush()
    task.message_post(body=_NOTE, message_type="comment", subtype_xmlid="mail.mt_note")
    activity = task.activity_schedule(summary=_ORDER, date_deadline=_DEADLINE)
    activity.action_feedback(feedback=_FEEDBACK)
    task.message_post(body=_COMMENT, message_type="comment", subtype_xmlid="mail.mt_comment")
    env.cr.flush()
    task.state = "1_done"


def figures(env):
    """Return what Odoo says at the end."""
    task = env["project.task"].search([("name", "=", _TASK["name"])])
    files = env["ir.attachment"].search(
        [("res_model", "=", task._name), ("res_id", "=", task.id)], order="id"
    )
    texts = (_NOTE, _COMMENT, _FEEDBACK)
    return {
        "task": [task.project_id.name, task.stage_id.name, task.state, bool(task.date_end)],
        "description": str(task.description),
        "assignees": task.user_ids.mapped("login"),
        "followers": sorted(task.message_partner_ids.mapped("name")),
        "files": [[file.name, file.raw.decode(), file.create_uid.login] for file in files],
        "messages": [
            [message.author_id.name, message.subtype_id.name]
            for message in task.message_ids.sorted("id")
            if any(text in str(message.body) for text in texts)
        ],
        "activities": len(task.activity_ids),
    }
