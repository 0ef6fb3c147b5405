"""Sample agents and customers: one for each row of the entitlement table, and for each reason why a customer cannot sign in.

Their names and passwords are no secret: they exist in the emulator alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deployment import client
from settings import Settings

PASSWORD = "Sample-Pass-1"


@dataclass(frozen=True)
class Agent:
    email: str
    name: str
    groups: tuple[str, ...] = ("CustomerService",)
    locale: str = "en"


@dataclass(frozen=True)
class Customer:
    email: str
    name: str
    ecosystems: list[dict[str, Any]]
    locale: str = "en"
    status: str = "active"
    sign_in: str = "confirmed"
    processes: list[dict[str, Any]] = field(default_factory=list)


def ecosystem(identifier: str, name: str, role: str, plan: str, *modules: str) -> dict[str, Any]:
    return {"id": identifier, "name": name, "role": role, "plan": plan, "modules": list(modules)}


def process(identifier: str, title: str, status: str, at: str, detail: str) -> dict[str, str]:
    """Something that happened to a customer, or is under way."""
    return {"id": identifier, "title": title, "status": status, "at": at, "detail": detail}


REJECTED = (
    "The validation process for The Successor was rejected by Waizant: the name in the will is not the name in the passport. "
    "Upload a certificate of the change of name, and request the validation again."
)

AGENTS = [
    Agent("ana@agents.example.com", "Ana Rivas", locale="es"),
    Agent("ben@agents.example.com", "Ben Clarke"),
    Agent("sara@agents.example.com", "Sara Molina", ("CustomerService", "SupportSupervisor")),
    Agent("otto@agents.example.com", "Otto Brandt", groups=()),
]

CUSTOMERS = [
    Customer(
        "carla@customers.example.com",
        "Carla Núñez",
        [ecosystem("eco-carla", "Panadería Núñez", "admin", "premium", "rcm"), ecosystem("eco-coop", "Cooperativa Sur", "member", "plus")],
        locale="es",
    ),
    Customer("adam@customers.example.com", "Adam Reed", [ecosystem("eco-reed", "Reed Books", "admin", "premium")]),
    Customer("paula@customers.example.com", "Paula Vega", [ecosystem("eco-vega", "Vega Flores", "admin", "plus", "rcm")], locale="es"),
    Customer("mark@customers.example.com", "Mark Lowe", [ecosystem("eco-lowe", "Lowe & Sons", "member", "premium", "rcm")]),
    Customer("mia@customers.example.com", "Mia Castro", [ecosystem("eco-castro", "Castro Hnos.", "member", "plus")], locale="es"),
    Customer(
        "sol@customers.example.com",
        "Sol Herrera",
        [ecosystem("eco-herrera", "Herrera Textil", "successor", "premium", "rcm")],
        locale="es",
        processes=[
            process("p-1", "Proof of the succession", "done", "2026-01-12T09:30:00Z", "Accepted by Waizant."),
            process("p-2", "Validation process for The Successor", "rejected", "2026-01-14T16:05:00Z", REJECTED),
            process(
                "p-3",
                "Validation process for The Successor, second request",
                "in-progress",
                "2026-01-15T10:20:00Z",
                "Being looked at by Waizant.",
            ),
            process("p-4", "Transfer of the ecosystem", "waiting", "2026-01-15T10:21:00Z", "Waits until the validation has succeeded."),
        ],
    ),
    Customer(
        "sam@customers.example.com",
        "Sam Ortiz",
        # Successor of the one, member of the other: Ecosystem Admin is for the first alone.
        [ecosystem("eco-ortiz", "Ortiz Motors", "successor", "plus"), ecosystem("eco-lowe", "Lowe & Sons", "member", "premium", "rcm")],
        processes=[process("p-1", "Validation process for The Successor", "done", "2026-02-02T08:00:00Z", "Accepted by Waizant.")],
    ),
    Customer("sira@customers.example.com", "Sira Lund", [ecosystem("eco-lund", "Lund Boats", "successor", "premium")]),
    Customer("sue@customers.example.com", "Sue Park", [ecosystem("eco-park", "Park Deli", "admin", "plus")], status="suspended"),
    Customer("una@customers.example.com", "Una Byrne", [ecosystem("eco-byrne", "Byrne Yarns", "admin", "plus")], sign_in="unconfirmed"),
    Customer("dan@customers.example.com", "Dan Weber", [ecosystem("eco-weber", "Weber Bikes", "admin", "plus")], sign_in="disabled"),
    Customer(
        "pia@customers.example.com", "Pía León", [ecosystem("eco-leon", "León Café", "admin", "plus")], "es", sign_in="must-change-password"
    ),
    Customer("max@customers.example.com", "Max Stone", [ecosystem("eco-stone", "Stone Works", "admin", "plus")], sign_in="missing"),
]


class People:
    """Creates agents and customers in a running stack; existing ones are reset to the sample's state."""

    def __init__(self, settings: Settings) -> None:
        self.facts = settings.facts()
        self.cognito = client(settings, "cognito-idp")
        self.table = client(settings, "dynamodb")

    def add_agent(self, agent: Agent) -> str:
        """Returns the agent's `sub`."""
        pool = self.facts["AgentPoolId"]
        sub = self._add_user(pool, agent.email, agent.name, agent.locale)
        self.cognito.admin_set_user_password(UserPoolId=pool, Username=sub, Password=PASSWORD, Permanent=True)
        for group in agent.groups:
            self.cognito.admin_add_user_to_group(UserPoolId=pool, Username=sub, GroupName=group)
        return sub

    def add_customer(self, customer: Customer) -> str:
        """Returns the customer's `sub`, which is also the username and the directory's `user_id`."""
        pool = self.facts["CustomerPoolId"]
        if customer.sign_in == "missing":
            sub = "00000000-0000-4000-8000-000000000000"
        elif customer.sign_in == "unconfirmed":
            sub = self._sign_up(customer)
        else:
            sub = self._add_user(pool, customer.email, customer.name, customer.locale)
            if customer.sign_in != "must-change-password":
                self.cognito.admin_set_user_password(UserPoolId=pool, Username=sub, Password=PASSWORD, Permanent=True)
            if customer.sign_in == "disabled":
                self.cognito.admin_disable_user(UserPoolId=pool, Username=sub)
        self.put_in_directory(customer, sub)
        return sub

    def put_in_directory(self, customer: Customer, sub: str) -> None:
        from boto3.dynamodb.types import TypeSerializer

        email = customer.email.lower()
        record = {
            "pk": f"USER#{email}",
            "user_id": sub,
            "email": email,
            "name": customer.name,
            "locale": customer.locale,
            "status": customer.status,
            "ecosystems": customer.ecosystems,
            "processes": customer.processes,
        }
        self.table.put_item(TableName=self.facts["CoreTable"], Item=TypeSerializer().serialize(record)["M"])

    def _add_user(self, pool: str, email: str, name: str, locale: str) -> str:
        attributes = {"email": email, "email_verified": "true", "name": name, "locale": locale}
        try:
            user = self.cognito.admin_create_user(
                UserPoolId=pool,
                Username=email,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
            )["User"]
        except self.cognito.exceptions.UsernameExistsException:
            user = self.cognito.admin_get_user(UserPoolId=pool, Username=email)
        return user["Username"]

    def _sign_up(self, customer: Customer) -> str:
        try:
            return self.cognito.sign_up(
                ClientId=self.facts["CustomerClientId"],
                Username=customer.email,
                Password=PASSWORD,
                UserAttributes=[{"Name": "email", "Value": customer.email}, {"Name": "name", "Value": customer.name}],
            )["UserSub"]
        except self.cognito.exceptions.UsernameExistsException:
            return self.cognito.admin_get_user(UserPoolId=self.facts["CustomerPoolId"], Username=customer.email)["Username"]


def load(settings: Settings) -> None:
    people = People(settings)
    for agent in AGENTS:
        people.add_agent(agent)
    for customer in CUSTOMERS:
        people.add_customer(customer)


def describe(settings: Settings) -> str:
    """What a person needs to know to start."""
    facts = settings.facts()
    lines = ["", f"Open     {settings.origin('start')}  (the console, the inbox, and who can sign in)", ""]
    lines += [
        f"API      {facts['ApiUrl']}",
        f"Inbox    {facts['mail']}/<n>.eml",
        f"AWS      {facts['endpoint']}  (key and secret: test)",
        "",
    ]
    lines.append(f"Sign-ins (every password is {PASSWORD}; agents' app client {facts['AgentClientId']})")
    for agent in AGENTS:
        lines.append(f"  agent     {agent.email:32} {', '.join(agent.groups) or 'in no group'}")
    for customer in CUSTOMERS:
        where = "; ".join(" ".join([e["role"], e["plan"], *e["modules"]]) for e in customer.ecosystems)
        state = [word for word in (customer.status, customer.sign_in) if word not in ("active", "confirmed")]
        lines.append(f"  customer  {customer.email:32} {', '.join([where, *state])}")
    return "\n".join([*lines, "", f"Next: open {settings.origin('start')}, or walk it here: make walk"])
