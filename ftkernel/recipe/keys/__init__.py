"""The declarations of all keys, one module a group; :mod:`ftkernel.recipe.registry` joins them."""
