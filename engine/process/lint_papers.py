"""Checks of what a case type says about papers (signing, publishing, comparing) and about its register."""

from collections.abc import Iterator

from engine.process.bundle import CASE_TOML
from engine.process.definitions import Draft, Step, read_step
from engine.process.expressions import ExpressionFault, compile_expression
from engine.process.faults import DefinitionFault, Fault
from engine.process.forms import Field
from engine.process.register_values import names_of_case, value_fault

_EVENTS = frozenset({"events"})


def check_papers(draft: Draft) -> Iterator[Fault]:
    """Whether the papers that steps sign, publish and compare are declared, and signed before they are published."""
    steps = _steps(draft)
    known = draft.case_type.documents
    for step in steps.values():
        file = draft.nodes[step.element].file
        named = {*step.needs, *step.signs, *step.publishes}
        for kind in sorted((named | {step.letter_as, step.compares, step.against}) - {None} - known.keys(), key=str):
            yield Fault(file, step.element, f"没有材料种类“{kind}”。", f"请在 case.toml 中加上 [documents.{kind}]。")
        yield from _signing(draft, step, file)
        yield from _publishing(step, steps, file)
        if (step.compares is None) != (step.against is None):
            yield Fault(file, step.element, "compares 和 against 要同时写。", "请写明哪一种材料与哪一种对照。")
        if step.letter_as is not None and step.letter is None:
            yield Fault(file, step.element, "有 letter_as 而没有 letter。", "请写明出具哪一份文书。")
    for form in draft.forms.values():
        for field in (part for whole in form.fields for part in (whole, *whole.columns) if part.type == "link"):
            if field.kind is not None and field.kind not in known:
                yield Fault(
                    f"forms/{form.name}.json",
                    field.name,
                    f"没有材料种类“{field.kind}”。",
                    f"请在 case.toml 中加上 [documents.{field.kind}]。",
                )
    changed = draft.case_type.changed
    if changed is not None and changed not in {node.message for node in draft.nodes.values()}:
        yield Fault(CASE_TOML, "signed", f"没有一处等待消息“{changed}”。", "请核对消息名。")


def _steps(draft: Draft) -> dict[str, Step]:
    found = {}
    for node in draft.nodes.values():
        if node.kind == "userTask":
            try:
                found[node.id] = read_step(node)
            except DefinitionFault:
                continue  # told by the checks of the step itself
    return found


def _signing(draft: Draft, step: Step, file: str) -> Iterator[Fault]:
    form = draft.forms.get(step.form)
    for field in form.fields if form is not None else ():
        if step.signs and field.type == "file" and field.kind in step.signs:
            yield Fault(
                file, step.element, f"签署的一步不能同时上传“{field.label}”。", "请在前面的步骤上传，签署时只看不改。"
            )


def _publishing(step: Step, steps: dict[str, Step], file: str) -> Iterator[Fault]:
    if bool(step.publishes) != bool(step.as_signed):
        yield Fault(file, step.element, "publishes 和 as_signed 要同时写。", "请写明公布的材料以哪一步的签署为准。")
    for element in step.as_signed:
        signing = steps.get(element)
        if signing is None or not set(step.publishes) <= set(signing.signs):
            yield Fault(
                file, step.element, f"“{element}”没有签署要公布的全部材料。", "请在那一步的 signs 中写全材料种类。"
            )


def check_register(draft: Draft) -> Iterator[Fault]:
    """Whether the columns of register and list and the figures read answers that some form asks for."""
    fields = {field.name: field for form in draft.forms.values() for field in form.fields}
    register = draft.case_type.register
    columns = [("register", one) for one in (register.columns if register is not None else ())]
    for owner, column in [*columns, *(("list", one) for one in draft.case_type.listing.columns)]:
        if (wrong := value_fault(column.value, fields)) is not None:
            yield Fault(CASE_TOML, owner, f"“{column.title}”：{wrong}", "请核对取值的写法和字段名。")
    if draft.case_type.measures and register is None:
        yield Fault(CASE_TOML, "measures", "有统计指标而没有台账。", "请加上 [register]。")
    for measure in draft.case_type.measures:
        names = names_of_case() | fields.keys()
        if measure.rows is not None:
            table: Field | None = fields.get(measure.rows)
            if table is None or table.type != "rows":
                yield Fault(CASE_TOML, f"measures.{measure.id}", f"“{measure.rows}”不是表格字段。", "请核对字段名。")
                continue
            names |= {column.name for column in table.columns}
        for text in (measure.of, measure.met):
            yield from _expression(measure.id, text, names)


def _expression(measure: str, text: str, names: set[str]) -> Iterator[Fault]:
    try:
        compiled = compile_expression(text, _EVENTS)
    except ExpressionFault as error:
        yield Fault(CASE_TOML, f"measures.{measure}", str(error), "请改写表达式：字段名、固定值、比较、events('…')。")
        return
    for name in sorted(compiled.names - names):
        yield Fault(CASE_TOML, f"measures.{measure}", f"没有表单问到“{name}”。", "请核对字段名。")
