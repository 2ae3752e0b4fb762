// Under this name GraphiQL looks for what its own style elements need (react-style-singleton).
window.__webpack_nonce__ = document.body.dataset.nonce;
