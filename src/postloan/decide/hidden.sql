-- Signs of hidden non-performing loans (隐性不良): alerts for a person, never verdicts. Each query gives one line for
-- every loan and row that shows a sign: loan_id, table_name, row (of that table), seen_on, amount, found, expected,
-- found_amount, expected_amount (what {amount} in the two stands for). These four are the same on all lines of one
-- loan; ``hidden.py`` gathers the lines into one alert per loan.

-- interest_only --
-- Payments of interest only in more periods (months) in a row than allowed, with no principal between.
-- Where the loan's schedule asks for no principal in that time and goes on, nothing is hidden.
WITH marked AS (
  SELECT
    row, loan_id, paid_on, amount,
    CASE WHEN COALESCE(principal, 0) = 0 AND interest > 0 THEN 1 ELSE 0 END AS bare
  FROM payments
  WHERE loan_id IS NOT NULL AND paid_on IS NOT NULL AND amount > 0
),
runs AS (
  SELECT *, SUM(1 - bare) OVER (PARTITION BY loan_id ORDER BY paid_on, row) AS run
  FROM marked
  WHERE loan_id IN (SELECT loan_id FROM marked WHERE bare = 1 GROUP BY loan_id HAVING COUNT(*) > :periods)
),
long AS (
  SELECT
    loan_id, run, COUNT(DISTINCT YEAR(paid_on) * 12 + MONTH(paid_on)) AS months,
    MIN(paid_on) AS first_on, MAX(paid_on) AS last_on
  FROM runs
  WHERE bare = 1
  GROUP BY loan_id, run
  HAVING COUNT(DISTINCT YEAR(paid_on) * 12 + MONTH(paid_on)) > :periods
),
longest AS (
  SELECT * FROM long
  QUALIFY ROW_NUMBER() OVER (PARTITION BY loan_id ORDER BY months DESC, run) = 1
),
planned AS (
  SELECT
    longest.loan_id,
    COUNT(*) AS instalments,
    MAX(due_days.due_on) AS ends_on,
    MIN(longest.last_on) AS last_on,
    SUM(CASE WHEN due_days.due_on >= longest.first_on AND due_days.due_on <= longest.last_on
      THEN due_days.principal_due ELSE 0 END) AS principal_due
  FROM longest
  JOIN due_days ON due_days.loan_id = longest.loan_id
  GROUP BY longest.loan_id
)
SELECT
  runs.loan_id, 'payments' AS table_name, runs.row, runs.paid_on AS seen_on, runs.amount,
  CAST(longest.months AS VARCHAR) AS found, CAST(longest.last_on AS VARCHAR) AS expected,
  CAST(NULL AS DECIMAL(18,2)) AS found_amount, CAST(NULL AS DECIMAL(18,2)) AS expected_amount
FROM longest
JOIN runs ON runs.loan_id = longest.loan_id AND runs.run = longest.run AND runs.bare = 1
LEFT JOIN planned ON planned.loan_id = longest.loan_id
WHERE planned.instalments IS NULL OR planned.principal_due > 0 OR planned.ends_on <= planned.last_on

-- new_loan --
-- A loan to the same borrower of about the amount due, paid out at most some days before the due day.
-- A loan that went overdue by then was not repaid that way.
WITH several AS (
  SELECT borrower_id FROM loans WHERE borrower_id IS NOT NULL GROUP BY borrower_id HAVING COUNT(*) > 1
),
candidates AS (
  SELECT loans.* FROM loans JOIN several ON several.borrower_id = loans.borrower_id
),
due AS (
  SELECT
    candidates.loan_id, candidates.borrower_id, candidates.overdue_since, 'schedules' AS table_name, due_days.row,
    due_days.due_on, due_days.principal_due + COALESCE(due_days.interest_due, 0) AS due
  FROM candidates
  JOIN due_days ON due_days.loan_id = candidates.loan_id
  UNION ALL
  SELECT
    candidates.loan_id, candidates.borrower_id, candidates.overdue_since, 'loans' AS table_name, candidates.row,
    candidates.matures_on AS due_on, candidates.paid_out AS due
  FROM candidates
  LEFT JOIN (SELECT DISTINCT loan_id FROM due_days) AS known ON known.loan_id = candidates.loan_id
  WHERE known.loan_id IS NULL
),
met AS (
  SELECT
    due.loan_id, due.table_name, due.row, due.due_on, due.due, fresh.loan_id AS fresh_id, fresh.paid_out,
    fresh.originated_on
  FROM due
  JOIN candidates AS fresh ON fresh.borrower_id = due.borrower_id
  WHERE fresh.loan_id <> due.loan_id
    AND due.due >= :least_amount
    AND DATE_DIFF('day', fresh.originated_on, due.due_on) >= 0
    AND DATE_DIFF('day', fresh.originated_on, due.due_on) <= :days_before
    AND ABS(fresh.paid_out - due.due) <= due.due * CAST(:amount_share AS DECIMAL(9,6))
    AND (due.overdue_since IS NULL OR due.overdue_since > due.due_on)
),
firsts AS (
  SELECT * FROM met QUALIFY ROW_NUMBER() OVER (PARTITION BY loan_id ORDER BY due_on, row, fresh_id) = 1
)
SELECT DISTINCT
  met.loan_id, met.table_name, met.row, met.due_on AS seen_on, met.due AS amount,
  CONCAT(firsts.fresh_id, ' (', CAST(firsts.originated_on AS VARCHAR), ', {amount})') AS found,
  CONCAT(CAST(firsts.due_on AS VARCHAR), ' ({amount})') AS expected,
  CAST(firsts.paid_out AS DECIMAL(18,2)) AS found_amount, CAST(firsts.due AS DECIMAL(18,2)) AS expected_amount
FROM met
JOIN firsts ON firsts.loan_id = met.loan_id

-- serial_extensions --
-- More extensions of one loan than allowed.
SELECT
  e.loan_id, 'events' AS table_name, e.row, e.happened_on AS seen_on, e.amount,
  CAST(n.times AS VARCHAR) AS found, CAST(n.last_on AS VARCHAR) AS expected,
  CAST(NULL AS DECIMAL(18,2)) AS found_amount, CAST(NULL AS DECIMAL(18,2)) AS expected_amount
FROM told_events AS e
JOIN (
  SELECT loan_id, COUNT(*) AS times, MAX(happened_on) AS last_on
  FROM told_events WHERE kind = 'extension'
  GROUP BY loan_id HAVING COUNT(*) > :extensions
) AS n ON n.loan_id = e.loan_id
WHERE e.kind = 'extension'

-- due_dates_moved --
-- Due days moved to later ones more often than allowed, or once by too many days.
WITH moves AS (
  SELECT *, DATE_DIFF('day', from_on, to_on) AS days FROM told_events WHERE kind = 'due_date_moved' AND to_on > from_on
),
often AS (
  SELECT loan_id, COUNT(*) AS times, SUM(days) AS days
  FROM moves
  GROUP BY loan_id HAVING COUNT(*) > :moves OR MAX(days) > :days
)
SELECT
  moves.loan_id, 'events' AS table_name, moves.row, moves.happened_on AS seen_on, moves.amount,
  CAST(often.times AS VARCHAR) AS found, CAST(often.days AS VARCHAR) AS expected,
  CAST(NULL AS DECIMAL(18,2)) AS found_amount, CAST(NULL AS DECIMAL(18,2)) AS expected_amount
FROM moves
JOIN often ON often.loan_id = moves.loan_id

-- refund_after --
-- A payment shortly before a classification day that goes back, wholly or mostly, shortly after it.
WITH refunds AS (
  SELECT
    row, loan_id, happened_on, amount,
    CAST(CONCAT(CAST(YEAR(happened_on) AS VARCHAR), '-',
      LPAD(CAST(CAST(FLOOR((MONTH(happened_on) - 1) / :every_months) * :every_months + 1 AS INTEGER) AS VARCHAR), 2, '0'),
      '-01') AS DATE) AS begins_on
  FROM told_events
  WHERE kind IN ('refund', 'reversal') AND amount > 0
),
met AS (
  SELECT
    refunds.loan_id, refunds.row, refunds.happened_on, refunds.amount, payments.paid_on, payments.amount AS paid,
    payments.row AS payment_row
  FROM refunds
  JOIN payments ON payments.loan_id = refunds.loan_id
  WHERE DATE_DIFF('day', refunds.begins_on, refunds.happened_on) < :days_after
    AND payments.paid_on < refunds.begins_on
    AND DATE_DIFF('day', payments.paid_on, refunds.begins_on) - 1 <= :days_before
    AND payments.amount > 0
    AND refunds.amount >= payments.amount * CAST(:amount_share AS DECIMAL(9,6))
    AND refunds.amount <= payments.amount
),
firsts AS (
  SELECT * FROM met QUALIFY ROW_NUMBER() OVER (PARTITION BY loan_id ORDER BY happened_on, row, payment_row) = 1
)
SELECT
  r.loan_id, 'events' AS table_name, r.row, r.happened_on AS seen_on, r.amount,
  CONCAT('{amount} (', CAST(firsts.paid_on AS VARCHAR), ')') AS found,
  CONCAT('{amount} (', CAST(firsts.happened_on AS VARCHAR), ')') AS expected,
  CAST(firsts.paid AS DECIMAL(18,2)) AS found_amount, CAST(firsts.amount AS DECIMAL(18,2)) AS expected_amount
FROM (SELECT DISTINCT loan_id, row, happened_on, amount FROM met) AS r
JOIN firsts ON firsts.loan_id = r.loan_id

-- related_payer --
-- Payments that came from the lender's side.
WITH met AS (
  SELECT row, loan_id, paid_on, amount, payer_relation
  FROM payments WHERE loan_id IS NOT NULL AND payer_relation IN :payers
)
SELECT
  met.loan_id, 'payments' AS table_name, met.row, met.paid_on AS seen_on, met.amount,
  CAST(summed.times AS VARCHAR) AS found, summed.told AS expected,
  CAST(NULL AS DECIMAL(18,2)) AS found_amount, CAST(NULL AS DECIMAL(18,2)) AS expected_amount
FROM met
JOIN (SELECT loan_id, COUNT(*) AS times, MIN(payer_relation) AS told FROM met GROUP BY loan_id) AS summed
  ON summed.loan_id = met.loan_id

-- shared_account --
-- Payments from one account for several borrowers; courts, guarantors and employers pay for many by their nature.
WITH shared AS (
  SELECT payments.payer, COUNT(DISTINCT loans.borrower_id) AS people
  FROM payments
  JOIN loans ON loans.loan_id = payments.loan_id
  WHERE payments.payer IS NOT NULL AND COALESCE(payments.payer_relation, '') NOT IN :by_nature
  GROUP BY payments.payer
  HAVING COUNT(DISTINCT loans.borrower_id) > :borrowers
),
met AS (
  SELECT payments.row, payments.loan_id, payments.paid_on, payments.amount, shared.people
  FROM payments
  JOIN shared ON shared.payer = payments.payer
  WHERE payments.loan_id IS NOT NULL AND COALESCE(payments.payer_relation, '') NOT IN :by_nature
)
SELECT
  met.loan_id, 'payments' AS table_name, met.row, met.paid_on AS seen_on, met.amount,
  CAST(summed.times AS VARCHAR) AS found, CAST(summed.people AS VARCHAR) AS expected,
  CAST(NULL AS DECIMAL(18,2)) AS found_amount, CAST(NULL AS DECIMAL(18,2)) AS expected_amount
FROM met
JOIN (SELECT loan_id, COUNT(*) AS times, MAX(people) AS people FROM met GROUP BY loan_id) AS summed
  ON summed.loan_id = met.loan_id

-- told_events --
-- The events up to the cut-off date of their loan.
SELECT events.*
FROM events
JOIN (SELECT loan_id, MAX(cutoff_on) AS cutoff_on FROM loans WHERE loan_id IS NOT NULL GROUP BY loan_id) AS l
  ON l.loan_id = events.loan_id
WHERE events.happened_on IS NOT NULL AND (l.cutoff_on IS NULL OR events.happened_on <= l.cutoff_on)

-- due_days_given --
-- The instalments of the tape's schedules.
SELECT row, loan_id, due_on, principal_due, interest_due FROM schedules WHERE due_on IS NOT NULL

-- due_days_unknown --
-- No schedule is known.
SELECT row, loan_id, matures_on AS due_on, paid_out AS principal_due, paid_out AS interest_due FROM loans WHERE FALSE

-- alerts --
-- One alert for each loan and sign, with the first rows that show it; loans that are not on the tape stay out.
WITH placed AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY sign, loan_id ORDER BY seen_on, row) AS place FROM alert_rows
),
gathered AS (
  SELECT
    sign, loan_id, MIN(table_name) AS table_name, COUNT(*) AS times, MIN(seen_on) AS first_on, MAX(seen_on) AS last_on,
    SUM(amount) AS amount, MIN(found) AS found, MIN(expected) AS expected,
    CAST(MIN(found_amount) AS VARCHAR) AS found_amount, CAST(MIN(expected_amount) AS VARCHAR) AS expected_amount,
    CONCAT_WS(' ',
      MAX(CASE WHEN place = 1 THEN CAST(row AS VARCHAR) END), MAX(CASE WHEN place = 2 THEN CAST(row AS VARCHAR) END),
      MAX(CASE WHEN place = 3 THEN CAST(row AS VARCHAR) END), MAX(CASE WHEN place = 4 THEN CAST(row AS VARCHAR) END),
      MAX(CASE WHEN place = 5 THEN CAST(row AS VARCHAR) END), MAX(CASE WHEN place = 6 THEN CAST(row AS VARCHAR) END)
    ) AS rows
  FROM placed
  GROUP BY sign, loan_id
),
worded AS (
  -- Amounts as people write them: 1,234.56.
  SELECT
    sign, loan_id, table_name, times, first_on, last_on, amount, rows,
    REPLACE(found, '{amount}', CASE
      WHEN LENGTH(found_amount) > 9 THEN CONCAT(SUBSTR(found_amount, 1, LENGTH(found_amount) - 9), ',',
        SUBSTR(found_amount, LENGTH(found_amount) - 8, 3), ',', SUBSTR(found_amount, LENGTH(found_amount) - 5, 6))
      WHEN LENGTH(found_amount) > 6 THEN CONCAT(SUBSTR(found_amount, 1, LENGTH(found_amount) - 6), ',', SUBSTR(found_amount, LENGTH(found_amount) - 5, 6))
      ELSE COALESCE(found_amount, '')
    END) AS found,
    REPLACE(expected, '{amount}', CASE
      WHEN LENGTH(expected_amount) > 9 THEN CONCAT(SUBSTR(expected_amount, 1, LENGTH(expected_amount) - 9), ',',
        SUBSTR(expected_amount, LENGTH(expected_amount) - 8, 3), ',', SUBSTR(expected_amount, LENGTH(expected_amount) - 5, 6))
      WHEN LENGTH(expected_amount) > 6 THEN CONCAT(SUBSTR(expected_amount, 1, LENGTH(expected_amount) - 6), ',', SUBSTR(expected_amount, LENGTH(expected_amount) - 5, 6))
      ELSE COALESCE(expected_amount, '')
    END) AS expected
  FROM gathered
),
known AS (
  SELECT loan_id, MIN(row) AS row, MIN(borrower_id) AS borrower_id, MAX(total) AS total
  FROM loans WHERE loan_id IS NOT NULL GROUP BY loan_id
)
SELECT
  s.code, g.sign, known.row, g.loan_id, known.borrower_id, known.total, g.table_name, g.rows, g.times, g.first_on, g.last_on,
  CAST(g.amount AS DECIMAL(38,2)) AS amount, g.found, g.expected,
  REPLACE(REPLACE(s.says_en, '{found}', g.found), '{expected}', COALESCE(w.en, g.expected)) AS says_en,
  REPLACE(REPLACE(s.says_zh, '{found}', g.found), '{expected}', COALESCE(w.zh, g.expected)) AS says_zh,
  :rule_book AS rule_book
FROM worded AS g
JOIN alert_signs AS s ON s.sign = g.sign
JOIN known ON known.loan_id = g.loan_id
LEFT JOIN alert_words AS w ON w.sign = g.sign AND w.code = g.expected
ORDER BY s.code, known.row

-- alert_counts --
-- How many loans show each sign, and what is owed on them.
SELECT code, sign, COUNT(*) AS loans, COALESCE(SUM(total), 0) AS total FROM alerts GROUP BY code, sign ORDER BY code

-- alerts_shown --
-- The first alerts of each sign.
SELECT code, row, loan_id, found, expected, says_en, says_zh, table_name, rows, times
FROM alerts
QUALIFY ROW_NUMBER() OVER (PARTITION BY code ORDER BY row) <= :shown
ORDER BY code, row
