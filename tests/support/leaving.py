"""Ways in which an agent stops being one."""

from __future__ import annotations

from collections.abc import Callable

from support.people import Agent
from support.stack import Stack

Leaving = tuple[Callable[[Stack, Agent], None], Callable[[Stack, Agent], None] | None]


def admin(call: str, **more: str) -> Callable[[Stack, Agent], None]:
    def act(stack: Stack, agent: Agent) -> None:
        getattr(stack.aws("cognito-idp"), call)(UserPoolId=stack.facts["AgentPoolId"], Username=agent.sub, **more)

    return act


GROUP = {"GroupName": "CustomerService"}
LEAVINGS: dict[str, Leaving] = {
    "disabled": (admin("admin_disable_user"), admin("admin_enable_user")),
    "out of the group": (admin("admin_remove_user_from_group", **GROUP), admin("admin_add_user_to_group", **GROUP)),
    "deleted": (admin("admin_delete_user"), None),
}
