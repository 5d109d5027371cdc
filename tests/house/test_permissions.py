"""Every model has its row in the table of rights, and every queryset asks it."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import models

from pcmt.apps.accounts.models import Role
from pcmt.apps.accounts.policies import RIGHTS, Reach

OURS = [model for model in apps.get_models() if model.__module__.startswith("pcmt.")]


def test_the_table_has_a_row_for_every_model_and_no_other() -> None:
    assert sorted(RIGHTS) == sorted(model._meta.label for model in OURS)


@pytest.mark.parametrize("label", sorted(RIGHTS))
def test_the_row_speaks_of_every_role(label: str) -> None:
    assert set(RIGHTS[label]) == set(Role)
    # Whoever may change something may see it.
    assert all(right.see >= right.change for right in RIGHTS[label].values())


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_queryset_knows_who_sees_it(model: type[models.Model]) -> None:
    if all(right.see is Reach.NOTHING for right in RIGHTS[model._meta.label].values()):
        pytest.skip("shown to nobody: the program's own bookkeeping")
    assert callable(getattr(model._default_manager.get_queryset(), "visible_to", None))


@pytest.mark.django_db
@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_nobody_sees_nothing(model: type[models.Model]) -> None:
    """Without an actor a queryset is empty. No row exists here: the query itself must know that it can find none."""
    queryset = model._default_manager.get_queryset()
    if hasattr(queryset, "visible_to"):
        with pytest.raises(EmptyResultSet):
            queryset.visible_to(None).query.sql_with_params()


def test_rights_are_asked_of_the_table_and_never_of_a_role(root: Path) -> None:
    """`actor.role == ...` outside the table's own room would be a second table."""
    asked = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in sorted((root / "src/pcmt").rglob("*.py"))
        if path.relative_to(root).as_posix() != "src/pcmt/apps/accounts/policies.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Attribute) and side.attr == "role"
        if isinstance(side.value, ast.Name) and side.value.id in {"actor", "doer"}
    ]
    assert asked == []
