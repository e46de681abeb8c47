"""The routes: one module a concern; each verb says who may use it."""
