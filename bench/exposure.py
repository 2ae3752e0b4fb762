"""What it costs that much is exposed: edits, the first requests after them, memory, introspection.

For each number of resources there is a database, a copy of the benchmark's. The processor's time
and memory are those of an Odoo process that serves nobody else, time that of a server.
"""

import json
from collections.abc import Callable

from bench import database, measure
from bench.exchange import Call, Request
from bench.measure import Participant
from bench.odoo_module import result_of
from bench.options import Options
from bench.peers.access import Access
from bench.peers.graphql import GraphqlPeer
from bench.peers.odoo_methods import Json2Peer
from bench.reading import CUSTOMER, FOUR_FIELDS, Read
from bench.server import OdooServer
from tools.environment import Environment
from tools.paths import LOGS
from tools.progress import say

_INTROSPECTION = """query { __schema {
  queryType { name } mutationType { name } subscriptionType { name }
  types { ...Type }
  directives { name description locations args { ...Argument } }
} }
fragment Type on __Type {
  kind name description
  fields(includeDeprecated: true) { name description args { ...Argument } type { ...Reference }
    isDeprecated deprecationReason }
  inputFields { ...Argument } interfaces { ...Reference } possibleTypes { ...Reference }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
}
fragment Argument on __InputValue { name description type { ...Reference } defaultValue }
fragment Reference on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
}"""


def run(environment: Environment, source: str, options: Options, access_to: Callable) -> dict:
    """Measure what was asked for, and return it by the number of resources.

    :param source: the benchmark's database
    :param access_to: a function from a server to the :class:`Access` of the user who reads
    """
    results: dict = {"exposure": {}, "introspection": {}, "small_requests": {}}
    wanted = [part for part in results if options.wants(part)]
    for resources in options.resources if wanted else ():
        say(f"Preparing {resources} resources ...")
        name = database.ensure_exposure(environment, source, resources, max(options.policies))
        if "exposure" in wanted:
            results["exposure"][str(resources)] = {
                str(policies): _in_process(environment, name, resources, policies)
                for policies in options.policies
            }
        if wanted == ["exposure"]:
            continue
        log = LOGS / f"bench_server_{resources}_resources.log"
        with OdooServer(environment, name, log, database.addons_option()) as server:
            access = access_to(server)
            if "introspection" in wanted:
                say(f"Measuring introspection of {resources} resources ...")
                results["introspection"][str(resources)] = _introspection(server, access, options)
            if "small_requests" in wanted:
                say(f"Measuring small requests with {resources} resources ...")
                results["small_requests"][str(resources)] = _small(server, access, options)
    return results


def _in_process(environment: Environment, name: str, resources: int, policies: int) -> dict:
    say(f"Measuring edits: {resources} resources, {policies} policies ...")
    failure = f"Edits could not be measured in {name}:"
    return result_of(environment, "bench.exposure_process", name, policies, failure)


def _introspection(server: OdooServer, access: Access, options: Options) -> dict:
    body = json.dumps({"query": _INTROSPECTION}).encode()
    participants = {
        name: Participant(server, Call((Request("POST", "/api/graphql", body, headers),), _last))
        for name, headers in (
            ("plain", access.headers),
            ("gzip", {**access.headers, "Accept-Encoding": "gzip"}),
        )
    }
    return _figures(participants, options)


def _small(server: OdooServer, access: Access, options: Options) -> dict:
    read = Read(CUSTOMER, FOUR_FIELDS, record_id=access.user_id)
    body = json.dumps({"query": "{ __typename }"}).encode()
    typename = Request("POST", "/api/graphql", body, access.headers)
    participants = {
        "graphql": Participant(server, GraphqlPeer(access).call(read)),
        "typename": Participant(server, Call((typename,), _last)),
        "json2": Participant(server, Json2Peer(access).call(read)),
    }
    return _figures(participants, options)


def _figures(participants: dict[str, Participant], options: Options) -> dict:
    measured = measure.interleaved(participants, options.seconds)
    return {name: figures.to_json() for name, figures in measured.items()}


def _last(bodies: list[bytes]) -> bytes:
    return bodies[-1]
