"""Who takes part: the peers, each with its title and its server."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.measure import Participant
from bench.peers.access import Access
from bench.peers.graphql import FilteredGraphqlPeer, GraphqlPeer
from bench.peers.handwritten import FastapiPeer, SqlPeer
from bench.peers.odoo_methods import Json2Peer, JsonRpcPeer, XmlRpcPeer
from bench.peers.rest import RestPeer, RestWithoutNesting
from bench.reading import Read
from bench.server import GranianServer, MeasuredServer, OdooServer

TITLES = {
    "graphql": "GraphQL",
    "rest": "REST",
    "graphql_policy": "GraphQL, a policy's part",
    "graphql_granian": "GraphQL, granian",
    "rest_granian": "REST, granian",
    "json2": "JSON-2",
    "json_rpc": "JSON-RPC",
    "xml_rpc": "XML-RPC",
    "stock": "stock executor",
    "sql": "bare SQL",
    "fastapi": "OCA fastapi",
    "rest_n_plus_1": "REST, N+1 calls",
}
"""Name -> title; our GraphQL, with which all are compared, comes first."""

GRANIAN_PEERS = ("graphql_granian", "rest_granian")


@dataclass(frozen=True)
class Competitors:
    """The peers of a run, by name."""

    peers: dict
    servers: dict[str, MeasuredServer]

    def participants(
        self, read: Read, names: Iterable[str] | None = None
    ) -> dict[str, Participant]:
        """Return those that can read it.

        :param names: which ones, None for all
        """
        found = {}
        for name in self.peers if names is None else names:
            peer = self.peers.get(name)
            call = peer.call(read) if peer else None
            if call is not None:
                counts_queries = getattr(peer, "counts_queries", name not in GRANIAN_PEERS)
                found[name] = Participant(self.servers[name], call, counts_queries)
        return found


def competitors(
    server: OdooServer,
    access: Access,
    order_ids: list[int],
    policy: Access | None,
    fastapi: tuple[OdooServer, Access] | None,
    granian: GranianServer | None,
    names: Iterable[str],
) -> Competitors:
    """Return the peers with these names.

    :param policy: of a key whose policy grants fields and filters records, if it takes part
    :param fastapi: the server with OCA's addon, if there is one
    :param granian: Odoo's application under granian, if it takes part
    """
    peers = {
        "graphql": GraphqlPeer(access),
        "rest": RestPeer(access),
        "json2": Json2Peer(access),
        "json_rpc": JsonRpcPeer(access),
        "xml_rpc": XmlRpcPeer(access),
        "stock": GraphqlPeer(access, "/bench/stock"),
        "sql": SqlPeer(access),
        "rest_n_plus_1": RestWithoutNesting(access, order_ids),
    }
    if policy:
        peers["graphql_policy"] = FilteredGraphqlPeer(policy)
    servers = dict.fromkeys(peers, server)
    if fastapi:
        servers["fastapi"] = fastapi[0]
        peers["fastapi"] = FastapiPeer(fastapi[1])
    if granian:
        peers["graphql_granian"] = GraphqlPeer(access)
        peers["rest_granian"] = RestPeer(access)
        servers |= dict.fromkeys(GRANIAN_PEERS, granian)
    chosen = [name for name in TITLES if name in peers and name in names]
    return Competitors({name: peers[name] for name in chosen}, servers)
