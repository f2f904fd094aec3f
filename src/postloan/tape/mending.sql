-- What can be mended, one query each: row, before, after. Nothing is changed until a person approves the rule.
-- The line under a name holds the code of the finding that gives reason for it, the field, and what is done. The form
-- is fixed, because an approved rule becomes a CASE in the mended table: FROM <table>_seen, then WHERE <predicate>.

-- principal_to_yuan --
-- T037 principal: ten-thousands become yuan throughout the column
SELECT row, CAST(principal AS VARCHAR) AS before, CAST(principal * 10000 AS VARCHAR) AS after
FROM loans_seen
WHERE principal <> 0

-- interest_to_yuan --
-- T037 interest: ten-thousands become yuan throughout the column
SELECT row, CAST(interest AS VARCHAR) AS before, CAST(interest * 10000 AS VARCHAR) AS after
FROM loans_seen
WHERE interest <> 0

-- stated_total_to_yuan --
-- T037 stated_total: ten-thousands become yuan throughout the column
SELECT row, CAST(stated_total AS VARCHAR) AS before, CAST(stated_total * 10000 AS VARCHAR) AS after
FROM loans_seen
WHERE stated_total <> 0

-- credit_line_to_yuan --
-- T037 credit_line: ten-thousands become yuan throughout the column
SELECT row, CAST(credit_line AS VARCHAR) AS before, CAST(credit_line * 10000 AS VARCHAR) AS after
FROM loans_seen
WHERE credit_line <> 0

-- paid_out_to_yuan --
-- T037 paid_out: ten-thousands become yuan throughout the column
SELECT row, CAST(paid_out AS VARCHAR) AS before, CAST(paid_out * 10000 AS VARCHAR) AS after
FROM loans_seen
WHERE paid_out <> 0

-- penalty_to_yuan --
-- T037 penalty: ten-thousands become yuan throughout the column
SELECT row, CAST(penalty AS VARCHAR) AS before, CAST(penalty * 10000 AS VARCHAR) AS after
FROM loans_seen
WHERE penalty <> 0

-- compound_interest_to_yuan --
-- T037 compound_interest: ten-thousands become yuan throughout the column
SELECT row, CAST(compound_interest AS VARCHAR) AS before, CAST(compound_interest * 10000 AS VARCHAR) AS after
FROM loans_seen
WHERE compound_interest <> 0

-- fees_to_yuan --
-- T037 fees: ten-thousands become yuan throughout the column
SELECT row, CAST(fees AS VARCHAR) AS before, CAST(fees * 10000 AS VARCHAR) AS after
FROM loans_seen
WHERE fees <> 0

-- principal_slip --
-- T039 principal: a principal in ten-thousands becomes what the total says
SELECT row, CAST(principal AS VARCHAR) AS before, CAST(stated_total - COALESCE(interest, 0) AS VARCHAR) AS after
FROM loans_seen
WHERE principal > 0 AND ABS(principal_f * 10000 + interest_f - total_f) <= 51 AND total_f >= 1000
    AND total_f > owed_f * 10

-- total_slip --
-- T039 stated_total: a total in ten-thousands becomes the sum of its parts
SELECT row, CAST(stated_total AS VARCHAR) AS before, CAST(owed AS VARCHAR) AS after
FROM loans_seen
WHERE owed_f >= 1000 AND (ABS(total_f * 10000 - owed_f) <= 51 OR ABS(total_f / 10000 - owed_f) <= 0.02)

-- rate_from_percent --
-- T044 annual_rate: rates in percent become fractions
SELECT row, CAST(annual_rate AS VARCHAR) AS before, CAST(annual_rate / 100 AS VARCHAR) AS after
FROM loans_seen
WHERE annual_rate > 1 AND annual_rate <= 100

-- overdue_day_month --
-- T052 overdue_since: day and month change places where the stated days then fit
SELECT row, CAST(overdue_since AS VARCHAR) AS before, CAST(TRY_CAST(CONCAT(CAST(YEAR(overdue_since) AS VARCHAR), '-', CAST(DAY(overdue_since) AS VARCHAR), '-', CAST(MONTH(overdue_since) AS VARCHAR)) AS DATE) AS VARCHAR) AS after
FROM loans_seen
WHERE days_overdue - due_days NOT BETWEEN -1 AND 1 AND DAY(overdue_since) <= 12
    AND days_overdue - DATE_DIFF('day', TRY_CAST(CONCAT(CAST(YEAR(overdue_since) AS VARCHAR), '-', CAST(DAY(overdue_since) AS VARCHAR), '-', CAST(MONTH(overdue_since) AS VARCHAR)) AS DATE), cutoff) BETWEEN -1 AND 1

-- days_from_dates --
-- T052 days_overdue: overdue days are counted anew from the dates
SELECT row, CAST(days_overdue AS VARCHAR) AS before, CAST(due_days AS VARCHAR) AS after
FROM loans_seen
WHERE days_overdue - due_days NOT BETWEEN -1 AND 1 AND due_days >= 0
    AND NOT (DAY(overdue_since) <= 12
    AND COALESCE(days_overdue - DATE_DIFF('day', TRY_CAST(CONCAT(CAST(YEAR(overdue_since) AS VARCHAR), '-', CAST(DAY(overdue_since) AS VARCHAR), '-', CAST(MONTH(overdue_since) AS VARCHAR)) AS DATE), cutoff) BETWEEN -1 AND 1, FALSE))

-- originated_on_emptied --
-- T051 originated_on: placeholder dates become empty
SELECT row, CAST(originated_on AS VARCHAR) AS before, CAST(CAST(NULL AS DATE) AS VARCHAR) AS after
FROM loans_seen
WHERE originated_on < first_day

-- matures_on_emptied --
-- T051 matures_on: placeholder dates become empty
SELECT row, CAST(matures_on AS VARCHAR) AS before, CAST(CAST(NULL AS DATE) AS VARCHAR) AS after
FROM loans_seen
WHERE matures_on < first_day OR matures_on > last_day AND YEAR(matures_on) NOT IN (2099, 2999, 9999)

-- written_off_on_emptied --
-- T051 written_off_on: placeholder dates become empty
SELECT row, CAST(written_off_on AS VARCHAR) AS before, CAST(CAST(NULL AS DATE) AS VARCHAR) AS after
FROM loans_seen
WHERE written_off_on < first_day

-- last_paid_on_emptied --
-- T051 last_paid_on: placeholder dates become empty
SELECT row, CAST(last_paid_on AS VARCHAR) AS before, CAST(CAST(NULL AS DATE) AS VARCHAR) AS after
FROM loans_seen
WHERE last_paid_on < first_day

-- penalty_folded --
-- T035 interest: penalty and compound interest are added to the interest
SELECT row, CAST(interest AS VARCHAR) AS before, CAST(COALESCE(interest, 0) + COALESCE(penalty, 0) + COALESCE(compound_interest, 0) AS VARCHAR) AS after
FROM loans_seen
WHERE COALESCE(penalty, 0) + COALESCE(compound_interest, 0) <> 0

-- cutoff_of_the_tape --
-- T061 cutoff_on: a differing cut-off date becomes the tape's
SELECT row, CAST(cutoff_on AS VARCHAR) AS before, CAST(tape_cutoff AS VARCHAR) AS after
FROM loans_seen
WHERE cutoff_on <> tape_cutoff

-- copies_dropped --
-- T022 row: rows that repeat an earlier row exactly are left out
SELECT row, CAST(row AS VARCHAR) AS before, CAST(first_row AS VARCHAR) AS after
FROM loans_seen
WHERE times = copies AND row > first_row

-- borrower_copies_dropped --
-- T022 row: rows that repeat an earlier row exactly are left out
SELECT row, CAST(row AS VARCHAR) AS before, CAST(first_row AS VARCHAR) AS after
FROM borrowers_seen
WHERE times = copies AND row > first_row

-- id_number_cleaned --
-- T072 id_number: blanks and signs go from identity numbers
SELECT row, CAST(id_number AS VARCHAR) AS before, CAST(UPPER(REGEXP_REPLACE(id_number, '[^0-9Xx]', '', 'g')) AS VARCHAR) AS after
FROM borrowers_seen
WHERE form = 'bad' AND LENGTH(REGEXP_REPLACE(id_number, '[^0-9Xx]', '', 'g')) = 18

-- sex_from_id --
-- T078 sex: the sex becomes the one in the identity number
SELECT row, CAST(sex AS VARCHAR) AS before, CAST(id_sex AS VARCHAR) AS after
FROM borrowers_seen
WHERE sex <> id_sex AND form = '18' AND check_char = SUBSTR(id, 18, 1)
