"""Names of data sets and what is said of their rows; kernels read them too, one room below."""

from ftkernel.recipe.dataset_info import (
    Attributes,
    Entry,
    Info,
    find_info,
    read_info,
    register,
)

__all__ = ["Attributes", "Entry", "Info", "find_info", "read_info", "register"]
