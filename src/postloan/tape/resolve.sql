-- The tape as the later stages read it: gaps filled from what the row itself says, no row dropped, faulty rows marked.

-- loans --
-- The loans with cut-off date, overdue days and totals filled in; quarantined where a row has an error.
SELECT
    l.row,
    l.loan_id,
    l.borrower_id,
    l.principal,
    l.interest,
    CAST(l.principal + COALESCE(l.interest, 0) AS DECIMAL(18,2)) AS total,
    l.stated_total,
    COALESCE(l.product, 'other') AS product,
    COALESCE(l.overdue_since,
        COALESCE(l.cutoff_on, CAST(:tape_cutoff AS DATE)) - CAST(l.days_overdue AS INTEGER)) AS overdue_since,
    CAST(COALESCE(l.days_overdue, DATE_DIFF('day', l.overdue_since,
        COALESCE(l.cutoff_on, CAST(:tape_cutoff AS DATE)))) AS INTEGER) AS days_overdue,
    COALESCE(l.cutoff_on, CAST(:tape_cutoff AS DATE)) AS cutoff_on,
    l.lender,
    l.branch,
    l.channel,
    l.contract_no,
    l.originated_on,
    l.matures_on,
    l.credit_line,
    l.paid_out,
    l.penalty,
    l.compound_interest,
    l.fees,
    l.annual_rate,
    l.grade,
    CASE WHEN l.written_off_on IS NOT NULL THEN TRUE ELSE l.written_off END AS written_off,
    l.written_off_on,
    l.guarantee,
    l.litigation,
    l.restructured_times,
    l.last_paid_on,
    l.last_paid_amount,
    q.row IS NOT NULL AS quarantined
FROM loans_whole AS l
LEFT JOIN loans_bad AS q ON q.row = l.row

-- borrowers --
-- The borrowers without personal data; of several rows with one number the first.
SELECT
    borrower_id,
    CAST(CASE WHEN years BETWEEN 0 AND 130 THEN years END AS INTEGER) AS age,
    COALESCE(sex, id_sex) AS sex,
    province AS region,
    COALESCE(flags, '') AS flags
FROM borrowers_seen
WHERE borrower_id IS NOT NULL AND (times IS NULL OR times <= 1 OR row = first_row)

-- borrowers_of_loans --
-- Where the tape has no borrowers table: the borrower numbers of its loans, with nothing known about them.
SELECT
    borrower_id,
    CAST(NULL AS INTEGER) AS age,
    CAST(NULL AS VARCHAR) AS sex,
    CAST(NULL AS VARCHAR) AS region,
    '' AS flags
FROM loans_whole
WHERE borrower_id IS NOT NULL
GROUP BY borrower_id

-- payments --
-- The payments; an account is known again by a number of ours, its digits stay behind.
SELECT
    p.row, p.loan_id, p.paid_on, p.amount, p.principal, p.interest, p.penalty, p.fees, p.payer_relation,
    a.payer
FROM payments_whole AS p
LEFT JOIN (
    SELECT d.payer_account, ROW_NUMBER() OVER (ORDER BY d.payer_account) AS payer
    FROM (SELECT DISTINCT payer_account FROM payments_whole WHERE payer_account IS NOT NULL) AS d
) AS a ON a.payer_account = p.payer_account

-- schedules --
-- The instalments due.
SELECT row, loan_id, due_on, principal_due, interest_due FROM schedules_whole

-- events --
-- The events without what the seller adds in words.
SELECT row, loan_id, kind, happened_on, amount, from_on, to_on, related_loan_id FROM events_whole

-- collateral --
-- The collateral without its address.
SELECT row, loan_id, kind, appraisal, appraised_on, registered, rank FROM collateral_whole

-- owned_assets --
-- The assets taken for debt without their address.
SELECT row, asset_id, kind, acquired_on, acquired_value, claim FROM owned_assets_whole
