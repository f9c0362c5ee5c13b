"""Words of the differences between two versions of a case type; the codes and the Chinese are those of the engine."""

from flask_babel import lazy_gettext as _l

from engine.process import Change, Difference

TITLES = {
    "rule": _l("事项规则"),
    "process": _l("流程"),
    "flow": _l("连线"),
    "form": _l("表单"),
    "field": _l("表单项"),
    "letter": _l("文书"),
    "startEvent": _l("开始"),
    "endEvent": _l("结束"),
    "userTask": _l("步骤"),
    "serviceTask": _l("自动事项"),
    "exclusiveGateway": _l("排他网关"),
    "parallelGateway": _l("并行网关"),
    "eventBasedGateway": _l("事件网关"),
    "intermediateCatchEvent": _l("等待事件"),
    "boundaryEvent": _l("边界事件"),
    "callActivity": _l("子流程"),
    "subProcess": _l("内嵌子流程"),
    "name": _l("名称"),
    "kind": _l("类型"),
    "role": _l("办理角色"),
    "limit": _l("内部时限（工作日）"),
    "letter_when": _l("出具文书的条件"),
    "apart_from": _l("须与谁分开办理"),
    "items": _l("清单种类"),
    "keep_handler": _l("留给经办人"),
    "to_unit_of": _l("分给哪个单位"),
    "evidence": _l("核对证据清单"),
    "evidence_when": _l("核对证据清单的条件"),
    "lane": _l("泳道"),
    "message": _l("消息"),
    "timer": _l("时限"),
    "attached_to": _l("所在步骤"),
    "interrupting": _l("打断"),
    "called": _l("调用的流程"),
    "cardinality": _l("多实例数量"),
    "default": _l("缺省连线或缺省值"),
    "source": _l("起点"),
    "target": _l("终点"),
    "condition": _l("条件"),
    "content": _l("内容"),
    "title": _l("标题"),
    "label": _l("名称"),
    "required": _l("必填"),
    "choices": _l("选项"),
    "when": _l("填写条件"),
    "routing": _l("决定走向"),
    "events": _l("登记的法定事项"),
}
HOW = {"added": _l("新增"), "removed": _l("删去"), "changed": _l("改动"), "renamed": _l("改名")}
RESULTS = {"moves": _l("可以迁移"), "moved": _l("已迁移"), "refused": _l("不能迁移"), "failed": _l("出错")}
TONES = {"moves": "green", "moved": "green", "refused": "amber", "failed": "red"}


def how(one: Difference) -> str:
    """What happened to it: 新增, 改名 …"""
    return str(HOW["renamed" if one.renamed else one.how])


def kind(one: Difference) -> str:
    """What it is: 步骤, 表单项 …"""
    return str(TITLES.get(one.kind, one.kind))


def change(one: Change) -> str:
    """The title of a property that changed."""
    return str(TITLES.get(one.key, one.key))
