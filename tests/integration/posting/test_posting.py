from __future__ import annotations

from datetime import date

import pytest
from night_book import NIGHT, at, bank_file, morning_after, options, post
from night_ties import hold_the_books_together

from postloan.kernel import Money
from postloan.kernel.journal import Note
from postloan.ledger import commands
from postloan.ledger.payment_file import ControlTotalDiffers, NoPaymentColumns, TwoPaymentColumns, UnreadRows
from postloan.ledger.state import Status
from postloan.ledger.store_records import (
    FileState,
    Hold,
    IncomingPayment,
    Instalment,
    PaymentFile,
    PaymentState,
    Plan,
    Promise,
    PromiseState,
    Suspense,
    SuspenseState,
)
from postloan.rules import load_book
from postloan.workflows.posting_back import assign_suspense, reverse_payment
from postloan.workflows.posting_night import Desk
from postloan.workflows.posting_parts import NoSuchPayment, NotAssigned, NotReversible, RepeatedFile, Tally

OPENING = Money.yuan("9876543.21")
LATER = morning_after(NIGHT)


def row(loan_id="", amount="100.00", reference="R1", on=NIGHT, **more):
    return {
        "交易日期": on.isoformat(),
        "交易流水号": reference,
        "交易金额": amount,
        "借据号": loan_id,
        **more,
    }


def one(store, of, **where):
    with store.reading() as tx:
        (found,) = tx.of(of).find(**where)
    return found


def loan(store, loan_id):
    with store.reading() as tx:
        return tx.loans.get(loan_id)


def write(store, work, on=NIGHT):
    """What another part of the system writes before the night."""
    with store.writing(actor="tester", ground="test", at=at(on)) as tx:
        made = work(tx)
        tx.note(Note("test.prepared"))
    return made


def test_a_payment_is_posted_allocated_and_whoever_paid_is_left_in_peace(anywhere, store):
    before = loan(store, "L00000001")
    path = bank_file(anywhere.folder / "a.csv", row("L00000001", "1,234.56"), total="1234.56")
    (done,) = post(store, path)
    assert done.tally.posted.amount == Money(123_456)
    after = loan(store, "L00000001")
    assert after.owed.total.fen <= before.owed.total.fen - 123_456 + 100_00
    assert (after.last_paid_on, after.seq) == (NIGHT, before.seq + 1)
    assert after.limitation_on is not None
    hold = one(store, Hold, borrower_id=after.borrower_id)
    assert (hold.kind, hold.loan_id, hold.since, hold.until) == ("paid", "L00000001", NIGHT, date(2026, 7, 4))
    hold_the_books_together(store, OPENING)


def test_the_same_file_twice_and_yesterdays_under_a_new_name_change_nothing(anywhere, store):
    rows = [row("L00000001", reference="R1"), row("L00000002", reference="R2")]
    first = bank_file(anywhere.folder / "a.csv", *rows)
    post(store, first)
    before = loan(store, "L00000001")
    assert post(store, first, on=LATER)[0].again
    renamed = bank_file(anywhere.folder / "b.csv", *rows, total="200.00")
    with pytest.raises(RepeatedFile, match=r"came with a\.csv on 2026-07-01"):
        post(store, renamed, on=LATER)
    only_references = bank_file(anywhere.folder / "c.csv", *({**r, "摘要": "再次导出"} for r in rows))
    with pytest.raises(RepeatedFile):
        post(store, only_references, on=LATER)
    assert loan(store, "L00000001") == before
    refused = [file.name for file in _files(store, FileState.REFUSED)]
    assert sorted(refused) == ["b.csv", "c.csv"]
    hold_the_books_together(store, OPENING)


def _files(store, state):
    with store.reading() as tx:
        return list(tx.of(PaymentFile).find(state=state))


def test_a_statement_that_overlaps_yesterdays_posts_only_what_is_new(place):
    from postloan.bootstrap import records

    with records(place.db) as store:
        post(store, bank_file(place.folder / "a.csv", row("L00000001", reference="R1")))
        rows = [row("L00000001", reference="R1"), row("L00000002", reference="R2", on=LATER)]
        (done,) = post(store, bank_file(place.folder / "b.csv", *rows), on=LATER)
        assert done.tally.posted.rows == 1
        assert done.tally.refused["duplicate"].rows == 1
        hold_the_books_together(store, OPENING)


def test_without_a_reference_a_row_that_came_before_waits_for_a_person(place):
    from postloan.bootstrap import records

    with records(place.db) as store:
        post(store, bank_file(place.folder / "a.csv", row("L00000001", reference="")))
        rows = [row("L00000001", reference=""), row("L00000002", reference="")]
        (done,) = post(store, bank_file(place.folder / "b.csv", *rows), on=LATER)
        assert done.tally.posted.rows == 1
        assert done.tally.suspended["perhaps_again"].rows == 1
        hold_the_books_together(store, OPENING)


@pytest.mark.parametrize(
    ("total", "given"),
    [("99.99", {}), (None, {"control_total": Money(9_999)}), (None, {"control_count": 2})],
)
def test_a_control_total_that_does_not_tie_refuses_the_file_whole(place, total, given):
    from postloan.bootstrap import records

    path = bank_file(place.folder / "a.csv", row("L00000001"), total=total)
    with records(place.db) as store:
        with pytest.raises(ControlTotalDiffers):
            post(store, path, **given)
        assert loan(store, "L00000001").seq == 1
        with store.reading() as tx:
            assert tx.of(IncomingPayment).count() == 0
            assert tx.journal.latest(1)[0].action == "payments.refused"
        if given:
            # The right total afterwards takes the file that a wrong one had refused.
            assert post(store, path, control_total=Money(10_000))[0].tally.posted.rows == 1


def test_a_row_that_cannot_be_read_refuses_the_file_whole(place):
    from postloan.bootstrap import records

    files = [
        bank_file(place.folder / "a.csv", row("L00000001"), row("L00000002", "about 100", "R2")),
        bank_file(
            place.folder / "b.csv",
            row("L00000001"),
            row("L00000002", "1", "R2", on=NIGHT) | {"交易日期": "soon"},
        ),
    ]
    cut = bank_file(place.folder / "c.csv", row("L00000001"), row("L00000002", reference="R2"))
    cut.write_bytes(cut.read_bytes()[:-25])
    with records(place.db) as store:
        for path in (*files, cut):
            with pytest.raises(UnreadRows, match="no row of the file was posted"):
                post(store, path)
        with store.reading() as tx:
            assert tx.of(IncomingPayment).count() == 0


def test_headers_that_miss_the_amount_or_say_it_twice_are_refused_by_name(place):
    from postloan.bootstrap import records

    with records(place.db) as store:
        lacking = {name: value for name, value in row("L00000001").items() if name != "交易金额"}
        with pytest.raises(NoPaymentColumns, match="交易金额"):
            post(store, bank_file(place.folder / "a.csv", lacking))
        with pytest.raises(TwoPaymentColumns, match="还款金额"):
            post(store, bank_file(place.folder / "b.csv", row("L00000001") | {"还款金额": "100"}))


def test_a_statement_with_credit_and_debit_columns_is_read_like_one_with_amounts(place):
    from postloan.bootstrap import records

    base = row("L00000001")
    base.pop("交易金额")
    path = bank_file(place.folder / "a.csv", base | {"贷方发生额": "250.00", "借方发生额": ""})
    with records(place.db) as store:
        assert post(store, path)[0].tally.posted.amount == Money(25_000)


def test_more_than_is_owed_pays_the_loan_off_and_leaves_credit_and_the_next_payment_waits(place):
    from postloan.bootstrap import records

    with records(place.db) as store:
        owed = loan(store, "L00000003").owed.total
        rows = [row("L00000003", str(owed + Money(50_000))), row("L00000003", "5", "R2")]
        (done,) = post(store, bank_file(place.folder / "a.csv", *rows))
        after = loan(store, "L00000003")
        assert after.status is Status.CLOSED
        assert done.tally.overpaid.amount == after.credit
        assert Money(0) < after.credit <= Money(50_000)
        assert done.tally.suspended["closed"].rows == 1
        hold_the_books_together(store, OPENING)


def test_a_payment_to_a_sold_loan_waits_because_it_belongs_to_the_buyer(place):
    from postloan.bootstrap import records

    def sell(tx):
        held = tx.loans.get("L00000004")
        desk = Desk(tx, load_book(), NIGHT, "tester", Tally())
        touched = desk.take_up([held])["L00000004"]
        approval = commands.Approval(
            "A-1", "board", "sell", "L00000004", "li", "wang", NIGHT, LATER, Money(10**12)
        )
        sold = touched.account.book(
            commands.Sell("乙资产管理公司", Money(1), approval), key="sale", value_on=NIGHT, booked_on=NIGHT
        )
        touched.new.append(sold.event)
        desk.put_back([touched])

    with records(place.db) as store:
        write(store, sell)
        (done,) = post(store, bank_file(place.folder / "a.csv", row("L00000004", on=LATER)), on=LATER)
        assert done.tally.suspended["sold"].rows == 1
        assert one(store, Suspense).candidates[0]["loan_id"] == "L00000004"


def test_a_bounced_payment_is_undone_with_everything_that_it_did(anywhere, store):
    before = loan(store, "L00000005")
    post(
        store, bank_file(anywhere.folder / "a.csv", row("L00000005", str(before.owed.total + Money(500_000))))
    )
    assert loan(store, "L00000005").status is Status.CLOSED
    done = reverse_payment("R1", options(LATER), store)
    after = loan(store, "L00000005")
    assert (after.status, after.owed.principal, after.credit) == (
        before.status,
        before.owed.principal,
        Money(0),
    )
    assert done.owed == after.owed.total
    assert one(store, IncomingPayment).state is PaymentState.REVERSED
    assert one(store, Hold, kind="paid").release_reason == "bounced"
    with pytest.raises(NotReversible, match="taken back before"):
        reverse_payment("R1", options(LATER), store)
    with pytest.raises(NoSuchPayment):
        reverse_payment("R9", options(LATER), store)
    hold_the_books_together(store, OPENING)


def test_a_row_below_zero_takes_back_the_payment_it_names_and_no_other(place):
    from postloan.bootstrap import records

    with records(place.db) as store:
        post(store, bank_file(place.folder / "a.csv", row("L00000001"), row("L00000002", "70", "R2")))
        back = [
            row("", "-100.00", "R3", LATER, 原流水号="R1"),
            row("", "-69.00", "R4", LATER, 原流水号="R2"),
            row("", "-100.00", "R5", LATER, 原流水号="R1"),
        ]
        (done,) = post(store, bank_file(place.folder / "b.csv", *back), on=LATER)
        assert done.tally.reversed.amount == Money(-10_000)
        assert set(done.tally.refused) == {"reversal_differs", "reversed_before"}
        hold_the_books_together(store, OPENING)


def test_money_in_suspense_is_assigned_by_hand_once(anywhere, store):
    post(store, bank_file(anywhere.folder / "a.csv", row("", "88.80", payer="某人")))
    number = one(store, Suspense).number
    done = assign_suspense(number, "L00000006", options(LATER), store)
    assert done.amount == Money(8_880)
    assert one(store, Suspense).state is SuspenseState.RESOLVED
    file = one(store, PaymentFile)
    assert (file.posted_amount, file.suspended_amount) == (Money(8_880), Money(0))
    with pytest.raises(NotAssigned, match="dealt with"):
        assign_suspense(number, "L00000006", options(LATER), store)
    hold_the_books_together(store, OPENING)


def test_money_from_before_the_opening_is_assigned_from_a_day_that_can_be(place):
    from postloan.bootstrap import records

    with records(place.db) as store:
        post(store, bank_file(place.folder / "a.csv", row("L00000001", on=date(2026, 6, 1))))
        number = one(store, Suspense).number
        with pytest.raises(NotAssigned, match="before the loan"):
            assign_suspense(number, "L00000001", options(LATER), store)
        assign_suspense(number, "L00000001", options(LATER), store, value_on=NIGHT)
        hold_the_books_together(store, OPENING)


def test_promises_and_plans_are_kept_by_money_and_opened_again_when_it_bounces(anywhere, store):
    held = loan(store, "L00000007")

    def agree(tx):
        tx.of(Promise).add(Promise(held.loan_id, held.borrower_id, NIGHT, LATER, Money(10_000)))
        plan = tx.of(Plan).add(Plan(held.loan_id, held.borrower_id, NIGHT, Money(10_000)))
        tx.of(Instalment).add_all(
            Instalment(plan.number, place, held.loan_id, LATER, Money(5_000)) for place in (1, 2)
        )

    write(store, agree)
    (done,) = post(store, bank_file(anywhere.folder / "a.csv", row(held.loan_id)))
    assert (done.tally.promises_kept, done.tally.plans_kept) == (1, 1)
    assert one(store, Promise).state is one(store, Plan).state is PromiseState.KEPT
    reverse_payment("R1", options(LATER), store)
    assert one(store, Promise).state is one(store, Plan).state is PromiseState.OPEN
    assert one(store, Promise).paid == Money(0)


def test_names_find_a_loan_only_with_the_amount_owed(place):
    from postloan.bootstrap import records

    names = place.people()
    times: dict[str, int] = {}
    for each in place.loans():
        times[each["borrower_id"]] = times.get(each["borrower_id"], 0) + 1
    single = next(
        each for each in place.loans()
        if times[each["borrower_id"]] == 1 and list(names.values()).count(names[each["borrower_id"]]) == 1
    )  # fmt: skip
    name, loan_id = names[single["borrower_id"]], single["loan_id"]
    with records(place.db) as store:
        owed = str(loan(store, loan_id).owed.total)
        rows = [row("", "3.21", "R1", 付款人=name), row("", owed, "R2", 付款人=name)]
        (done,) = post(store, bank_file(place.folder / "a.csv", *rows))
        assert done.tally.suspended["amount_differs"].amount == Money(321)
        assert one(store, IncomingPayment, state=PaymentState.POSTED).loan_id == loan_id
        assert done.tally.matched_by == {"payer+amount": 1}


def test_personal_data_of_a_payment_is_not_readable_in_the_database_file(place):
    from postloan.bootstrap import records

    with records(place.db) as store:
        post(store, bank_file(place.folder / "a.csv", row("L00000001", 付款人="诸葛测试", 摘要="张飞的还款")))
        assert "●" in one(store, IncomingPayment).payer.reveal("test")
    held = b"".join(path.read_bytes() for path in place.folder.glob("opened.db*"))
    assert "诸葛测试".encode() not in held
    assert "张飞的还款".encode() not in held
