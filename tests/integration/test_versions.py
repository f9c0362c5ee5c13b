"""A case ends on the version of the process it began on, while new cases run on the new one."""

import shutil

from engine.cases.casepage import case_page
from engine.cases.definitions import SHIPPED, register_definitions
from engine.store.tables import ProcessDefinition

OLD, NEW = 'name="分管领导签发"', 'name="县长签发"'


def test_an_old_case_ends_on_its_own_version_and_a_new_one_runs_on_the_new(office, tmp_path):
    old = office.register(subject="青石街改造工程批复").case_id
    office.advance(old, until="legal_review")

    folder = tmp_path / "disclosure_request"
    shutil.copytree(SHIPPED / "disclosure_request", folder)
    diagram = folder / "signoff.bpmn"
    assert OLD in diagram.read_text(encoding="utf-8")
    diagram.write_text(diagram.read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")
    office.desk.write(lambda session: register_definitions(session, [folder], office.clock()))

    new = office.register(subject="文昌街改造工程批复").case_id
    assert office.case(old).definition_digest != office.case(new).definition_digest
    office.advance(new, until="leader_signoff")
    office.advance(old, until="leader_signoff")
    assert [work.name for work in office.open_steps(old)] == ["分管领导签发"]
    assert [work.name for work in office.open_steps(new)] == ["县长签发"]

    for case, title in ((old, "分管领导签发"), (new, "县长签发")):
        office.advance(case)
        assert office.case(case).archived_at is not None
        page = case_page(office.desk, office.people["handler"], case)
        assert page.definition.steps["leader_signoff"].name == title
        assert title in [line.name for line in page.flow]
    with office.desk.reading() as session:
        assert session.query(ProcessDefinition).filter_by(case_type="disclosure_request").count() == 2


def test_registering_the_same_content_again_makes_no_new_version(office):
    before = office.case(office.register().case_id).definition_digest
    office.desk.write(lambda session: register_definitions(session, [SHIPPED / "disclosure_request"], office.clock()))
    assert office.case(office.register().case_id).definition_digest == before
