"""Formulas of `multi` graders, as the service reads them: src/evaluation/graders/formula.ts."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "log": math.log,
}
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def calculate(formula: str, values: Mapping[str, float]) -> float:
    """Raises ValueError for what is no such formula, and where it gives no finite number."""
    try:
        # Python's `**` binds as `^` does there.
        tree = ast.parse(formula.replace("^", "**").strip(), mode="eval")
        result = _value(tree.body, values)
        if isinstance(result, complex) or not math.isfinite(result):
            raise ValueError("no finite number")
    except (SyntaxError, ArithmeticError, TypeError, KeyError, ValueError) as reason:
        raise ValueError(f"The formula {formula!r} gives no number: {reason}") from reason
    return float(result)


def _value(node: ast.AST, values: Mapping[str, float]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op=op, operand=operand):
            return _OPERATORS[type(op)](_value(operand, values))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            # One value alone is no list.
            given = [_value(one, values) for one in args]
            return given[0] if name in ("min", "max") and len(given) == 1 else _FUNCTIONS[name](*given)
    raise ValueError("it has something that no formula has")
