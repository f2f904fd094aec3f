-- What the checks look for, one query each. Every query can be run by itself and gives row, key, found, expected.
-- The line under a name holds the code, the field, and what is looked for. The form is fixed, because the predicates of
-- one table are fused into a single scan (masks.py): the last two parts are FROM <table>_seen and WHERE <predicate>.
-- The columns of <table>_seen are those of the tape plus what facts.sql adds.

-- Loans: keys ----------------------------------------------------------------------------------------------------

-- loan_id_missing --
-- T020 loan_id: loans without a number
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE loan_id IS NULL

-- loan_id_contradicts --
-- T021 loan_id: rows that share a number but differ
SELECT row, loan_id AS key, CAST(times AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE times > copies

-- loan_copied --
-- T022 loan_id: rows that repeat an earlier row exactly
SELECT row, loan_id AS key, CAST(first_row AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE times = copies AND row > first_row

-- loan_without_borrower_id --
-- T023 borrower_id: loans that name no borrower
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE borrower_id IS NULL

-- loan_of_unknown_borrower --
-- T028 borrower_id: loans whose borrower is in no row of the borrowers table
SELECT row, loan_id AS key, CAST(borrower_id AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE borrower_unknown

-- loan_of_faulty_borrower --
-- T085 borrower_id: loans whose borrower's row is in quarantine
SELECT row, loan_id AS key, CAST(faulty_row AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE faulty_row IS NOT NULL

-- Loans: amounts -------------------------------------------------------------------------------------------------

-- principal_missing --
-- T030 principal: loans without a principal
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE principal IS NULL

-- principal_negative --
-- T031 principal: negative amounts in principal
SELECT row, loan_id AS key, CAST(principal AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE principal < 0

-- interest_negative --
-- T031 interest: negative amounts in interest
SELECT row, loan_id AS key, CAST(interest AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE interest < 0

-- penalty_negative --
-- T031 penalty: negative amounts in penalty
SELECT row, loan_id AS key, CAST(penalty AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE penalty < 0

-- compound_interest_negative --
-- T031 compound_interest: negative amounts in compound_interest
SELECT row, loan_id AS key, CAST(compound_interest AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE compound_interest < 0

-- fees_negative --
-- T031 fees: negative amounts in fees
SELECT row, loan_id AS key, CAST(fees AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE fees < 0

-- credit_line_negative --
-- T031 credit_line: negative amounts in credit_line
SELECT row, loan_id AS key, CAST(credit_line AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE credit_line < 0

-- paid_out_negative --
-- T031 paid_out: negative amounts in paid_out
SELECT row, loan_id AS key, CAST(paid_out AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE paid_out < 0

-- last_paid_amount_negative --
-- T031 last_paid_amount: negative amounts in last_paid_amount
SELECT row, loan_id AS key, CAST(last_paid_amount AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE last_paid_amount < 0

-- stated_total_negative --
-- T031 stated_total: negative amounts in stated_total
SELECT row, loan_id AS key, CAST(stated_total AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE stated_total < 0

-- nothing_owed --
-- T032 principal: loans on which nothing is owed
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE principal = 0 AND COALESCE(interest, 0) = 0

-- total_differs --
-- T033 stated_total: totals that are not the sum of their parts
SELECT row, loan_id AS key, CAST(stated_total AS VARCHAR) AS found, CAST(expected_total AS VARCHAR) AS expected
FROM loans_seen
WHERE stated_total <> expected_total

-- principal_absurd --
-- T036 principal: principals beyond the tape's bound, or beyond ten times the line and the amount paid out
SELECT row, loan_id AS key, CAST(principal AS VARCHAR) AS found, CAST(CASE WHEN principal > absurd THEN absurd ELSE ten_lines END AS VARCHAR) AS expected
FROM loans_seen
WHERE principal > absurd OR principal > ten_lines

-- interest_absurd --
-- T036 interest: amounts in interest beyond the tape's bound
SELECT row, loan_id AS key, CAST(interest AS VARCHAR) AS found, CAST(absurd AS VARCHAR) AS expected
FROM loans_seen
WHERE interest > absurd

-- stated_total_absurd --
-- T036 stated_total: amounts in stated_total beyond the tape's bound
SELECT row, loan_id AS key, CAST(stated_total AS VARCHAR) AS found, CAST(absurd AS VARCHAR) AS expected
FROM loans_seen
WHERE stated_total > absurd

-- credit_line_absurd --
-- T036 credit_line: amounts in credit_line beyond the tape's bound
SELECT row, loan_id AS key, CAST(credit_line AS VARCHAR) AS found, CAST(absurd AS VARCHAR) AS expected
FROM loans_seen
WHERE credit_line > absurd

-- paid_out_absurd --
-- T036 paid_out: amounts in paid_out beyond the tape's bound
SELECT row, loan_id AS key, CAST(paid_out AS VARCHAR) AS found, CAST(absurd AS VARCHAR) AS expected
FROM loans_seen
WHERE paid_out > absurd

-- principal_unit_slip --
-- T039 principal: principals ten thousand times off beside the total or the amount paid out
SELECT row, loan_id AS key, CAST(principal AS VARCHAR) AS found, CAST(COALESCE(stated_total, paid_out, credit_line) AS VARCHAR) AS expected
FROM loans_seen
WHERE principal > 0 AND (
    ABS(principal_f * 10000 + interest_f - total_f) <= 51 AND total_f >= 1000 AND total_f > owed_f * 10
    OR ABS(principal_f / 10000 + interest_f - total_f) <= 0.02 AND owed_f >= 1000 AND owed_f > total_f * 10
    OR principal_f * 10000 >= paid_out_f * 0.3 AND principal_f * 10000 <= paid_out_f * 1.001 AND interest > principal
)

-- interest_unit_slip --
-- T039 interest: interest ten thousand times off beside the total
SELECT row, loan_id AS key, CAST(interest AS VARCHAR) AS found, CAST(stated_total AS VARCHAR) AS expected
FROM loans_seen
WHERE interest > 0 AND total_f > owed_f * 1.5 AND total_f >= 1000
    AND ABS(principal_f + interest_f * 10000 - total_f) <= 51

-- total_unit_slip --
-- T039 stated_total: totals ten thousand times off beside their parts
SELECT row, loan_id AS key, CAST(stated_total AS VARCHAR) AS found, CAST(owed AS VARCHAR) AS expected
FROM loans_seen
WHERE owed_f >= 1000 AND (ABS(total_f * 10000 - owed_f) <= 51 OR ABS(total_f / 10000 - owed_f) <= 0.02)

-- principal_above_line --
-- T040 principal: principals above the credit line or the amount paid out
SELECT row, loan_id AS key, CAST(principal AS VARCHAR) AS found, CAST(LEAST(NULLIF(credit_line, 0), NULLIF(paid_out, 0)) AS VARCHAR) AS expected
FROM loans_seen
WHERE principal > NULLIF(credit_line, 0) OR principal > NULLIF(paid_out, 0)

-- interest_above_principal --
-- T042 interest: interest above ten times the principal
SELECT row, loan_id AS key, CAST(interest AS VARCHAR) AS found, CAST(principal AS VARCHAR) AS expected
FROM loans_seen
WHERE principal >= 100 AND interest > principal * 10

-- rate_absurd --
-- T045 annual_rate: yearly rates below 0 or above 1
SELECT row, loan_id AS key, CAST(annual_rate AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE annual_rate < 0 OR annual_rate > 1

-- Loans: dates ---------------------------------------------------------------------------------------------------

-- originated_on_after_cutoff --
-- T046 originated_on: days in originated_on after the cut-off date
SELECT row, loan_id AS key, CAST(originated_on AS VARCHAR) AS found, CAST(cutoff AS VARCHAR) AS expected
FROM loans_seen
WHERE originated_on > cutoff

-- overdue_since_after_cutoff --
-- T046 overdue_since: days in overdue_since after the cut-off date
SELECT row, loan_id AS key, CAST(overdue_since AS VARCHAR) AS found, CAST(cutoff AS VARCHAR) AS expected
FROM loans_seen
WHERE overdue_since > cutoff

-- written_off_on_after_cutoff --
-- T046 written_off_on: days in written_off_on after the cut-off date
SELECT row, loan_id AS key, CAST(written_off_on AS VARCHAR) AS found, CAST(cutoff AS VARCHAR) AS expected
FROM loans_seen
WHERE written_off_on > cutoff

-- last_paid_on_after_cutoff --
-- T046 last_paid_on: days in last_paid_on after the cut-off date
SELECT row, loan_id AS key, CAST(last_paid_on AS VARCHAR) AS found, CAST(cutoff AS VARCHAR) AS expected
FROM loans_seen
WHERE last_paid_on > cutoff

-- overdue_before_granted --
-- T047 overdue_since: loans overdue before they were granted
SELECT row, loan_id AS key, CAST(overdue_since AS VARCHAR) AS found, CAST(originated_on AS VARCHAR) AS expected
FROM loans_seen
WHERE overdue_since < originated_on AND overdue_since >= first_day

-- matured_before_granted --
-- T048 matures_on: loans that mature before they were granted
SELECT row, loan_id AS key, CAST(matures_on AS VARCHAR) AS found, CAST(originated_on AS VARCHAR) AS expected
FROM loans_seen
WHERE matures_on < originated_on AND matures_on >= first_day

-- written_off_before_granted --
-- T049 written_off_on: loans written off before they were granted
SELECT row, loan_id AS key, CAST(written_off_on AS VARCHAR) AS found, CAST(originated_on AS VARCHAR) AS expected
FROM loans_seen
WHERE written_off_on < originated_on AND written_off_on >= first_day

-- paid_before_granted --
-- T050 last_paid_on: loans paid before they were granted
SELECT row, loan_id AS key, CAST(last_paid_on AS VARCHAR) AS found, CAST(originated_on AS VARCHAR) AS expected
FROM loans_seen
WHERE last_paid_on < originated_on AND last_paid_on >= first_day

-- originated_on_placeholder --
-- T051 originated_on: days in originated_on that no living loan can have
SELECT row, loan_id AS key, CAST(originated_on AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE originated_on < first_day

-- overdue_since_placeholder --
-- T051 overdue_since: days in overdue_since that no living loan can have
SELECT row, loan_id AS key, CAST(overdue_since AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE overdue_since < first_day

-- matures_on_placeholder --
-- T051 matures_on: days in matures_on that no living loan can have
SELECT row, loan_id AS key, CAST(matures_on AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE matures_on < first_day OR matures_on > last_day AND YEAR(matures_on) NOT IN (2099, 2999, 9999)

-- written_off_on_placeholder --
-- T051 written_off_on: days in written_off_on that no living loan can have
SELECT row, loan_id AS key, CAST(written_off_on AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE written_off_on < first_day

-- last_paid_on_placeholder --
-- T051 last_paid_on: days in last_paid_on that no living loan can have
SELECT row, loan_id AS key, CAST(last_paid_on AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE last_paid_on < first_day

-- days_contradict_dates --
-- T052 days_overdue: stated overdue days that differ from the dates by more than one
SELECT row, loan_id AS key, CAST(days_overdue AS VARCHAR) AS found, CAST(due_days AS VARCHAR) AS expected
FROM loans_seen
WHERE days_overdue - due_days > 1 OR days_overdue - due_days < -1

-- days_one_apart --
-- T053 days_overdue: stated overdue days that differ from the dates by one
SELECT row, loan_id AS key, CAST(days_overdue AS VARCHAR) AS found, CAST(due_days AS VARCHAR) AS expected
FROM loans_seen
WHERE days_overdue - due_days IN (-1, 1)

-- overdue_unknown --
-- T055 days_overdue: loans with neither overdue date nor overdue days
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE days_overdue IS NULL AND overdue_since IS NULL

-- days_negative --
-- T056 days_overdue: negative overdue days
SELECT row, loan_id AS key, CAST(days_overdue AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE days_overdue < 0

-- not_overdue --
-- T057 days_overdue: loans that are not overdue
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE days = 0

-- overdue_longer_than_granted --
-- T058 days_overdue: loans overdue for longer than they exist
SELECT row, loan_id AS key, CAST(days_overdue AS VARCHAR) AS found, CAST(DATE_DIFF('day', originated_on, cutoff) AS VARCHAR) AS expected
FROM loans_seen
WHERE days_overdue > DATE_DIFF('day', originated_on, cutoff) + 1 AND originated_on <= cutoff

-- cutoff_differs --
-- T061 cutoff_on: rows drawn on another day than the tape
SELECT row, loan_id AS key, CAST(cutoff_on AS VARCHAR) AS found, CAST(tape_cutoff AS VARCHAR) AS expected
FROM loans_seen
WHERE cutoff_on <> tape_cutoff

-- cutoff_empty --
-- T063 cutoff_on: rows without a cut-off date on a tape that has one
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST(tape_cutoff AS VARCHAR) AS expected
FROM loans_seen
WHERE cutoff_on IS NULL AND cutoff_given

-- Loans: grades, write-off, currency -----------------------------------------------------------------------------

-- graded_performing --
-- T064 grade: loans graded as performing that the days make non-performing
SELECT row, loan_id AS key, CAST(grade AS VARCHAR) AS found, CAST(least_grade AS VARCHAR) AS expected
FROM loans_seen
WHERE grade_rank < 3 AND least_rank >= 3

-- graded_too_mild --
-- T065 grade: non-performing loans graded milder than the days ask
SELECT row, loan_id AS key, CAST(grade AS VARCHAR) AS found, CAST(least_grade AS VARCHAR) AS expected
FROM loans_seen
WHERE grade_rank >= 3 AND grade_rank < least_rank

-- graded_harshly --
-- T067 grade: loans graded doubtful or loss with few overdue days
SELECT row, loan_id AS key, CAST(grade AS VARCHAR) AS found, CAST(days AS VARCHAR) AS expected
FROM loans_seen
WHERE grade_rank >= 4 AND least_rank = 1

-- write_off_mark_without_date --
-- T068 written_off: marks and dates of a write-off that contradict each other
SELECT row, loan_id AS key, CAST(written_off AS VARCHAR) AS found, CAST(COALESCE(CAST(written_off_on AS VARCHAR), '') AS VARCHAR) AS expected
FROM loans_seen
WHERE (NOT written_off) AND written_off_on IS NOT NULL

-- grade_empty --
-- T069 grade: rows without a grade on a tape that has grades
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE grade IS NULL AND grades_given

-- written_off_not_loss --
-- T070 grade: written-off loans that are not graded loss
SELECT row, loan_id AS key, CAST(grade AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE grade_rank < 5 AND (written_off OR written_off_on IS NOT NULL)

-- product_empty --
-- T071 product: loans without a product
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE product IS NULL

-- currency_foreign --
-- T043 currency: amounts in another currency than the yuan
SELECT row, loan_id AS key, CAST(currency AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM loans_seen
WHERE UPPER(TRIM(currency)) NOT IN ('CNY', 'RMB', 'CNH', '人民币', '人民币元', '元', '156', '')

-- Borrowers ------------------------------------------------------------------------------------------------------

-- borrower_id_missing --
-- T026 borrower_id: borrowers without a number
SELECT row, borrower_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE borrower_id IS NULL

-- borrower_contradicts --
-- T027 borrower_id: rows that share a number but differ
SELECT row, borrower_id AS key, CAST(times AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE times > copies

-- borrower_copied --
-- T022 borrower_id: rows that repeat an earlier row exactly
SELECT row, borrower_id AS key, CAST(first_row AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE times = copies AND row > first_row

-- borrower_without_loan --
-- T029 borrower_id: borrowers who have no loan
SELECT row, borrower_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE idle

-- id_malformed --
-- T072 id_number: identity numbers of the wrong form
SELECT row, borrower_id AS key, CAST(CONCAT(SUBSTR(id, 1, 3), '●●●', SUBSTR(id, LENGTH(id) - 1, 2)) AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE form = 'bad'

-- id_check_digit_wrong --
-- T073 id_number: identity numbers whose last character does not fit
SELECT row, borrower_id AS key, CAST(CONCAT(SUBSTR(id, 1, 3), '●●●', SUBSTR(id, LENGTH(id) - 1, 2)) AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE form = '18' AND check_char <> SUBSTR(id, 18, 1)

-- id_province_unknown --
-- T074 id_number: identity numbers that begin with no province
SELECT row, borrower_id AS key, CAST(CONCAT(SUBSTR(id, 1, 3), '●●●', SUBSTR(id, LENGTH(id) - 1, 2)) AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE form IN ('18', '15') AND province IS NULL

-- id_county_unknown --
-- T075 id_number: identity numbers that begin with no known county
SELECT row, borrower_id AS key, CAST(CONCAT(SUBSTR(id, 1, 3), '●●●', SUBSTR(id, LENGTH(id) - 1, 2)) AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE form IN ('18', '15') AND province IS NOT NULL AND county IS NULL

-- id_birth_impossible --
-- T076 id_number: identity numbers whose birth date is none
SELECT row, borrower_id AS key, CAST(CONCAT(SUBSTR(id, 1, 3), '●●●', SUBSTR(id, LENGTH(id) - 1, 2)) AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE form IN ('18', '15') AND (id_born IS NULL OR id_born > tape_cutoff OR YEAR(id_born) < 1880)

-- birth_contradicts_id --
-- T077 born_on: birth dates that differ from the identity number
SELECT row, borrower_id AS key, CAST(CONCAT(CAST(YEAR(born_on) AS VARCHAR), '-●●-●●') AS VARCHAR) AS found, CAST(CONCAT(CAST(YEAR(id_born) AS VARCHAR), '-●●-●●') AS VARCHAR) AS expected
FROM borrowers_seen
WHERE born_on <> id_born

-- sex_contradicts_id --
-- T078 sex: sexes that differ from the identity number
SELECT row, borrower_id AS key, CAST(sex AS VARCHAR) AS found, CAST(id_sex AS VARCHAR) AS expected
FROM borrowers_seen
WHERE sex <> id_sex

-- borrower_minor --
-- T079 born_on: borrowers under 18 on the cut-off date
SELECT row, borrower_id AS key, CAST(years AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE years < 18

-- borrower_too_old --
-- T080 born_on: borrowers over 100 on the cut-off date
SELECT row, borrower_id AS key, CAST(years AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE years > 100

-- age_unknown --
-- T081 born_on: borrowers whose age cannot be known
SELECT row, borrower_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE years IS NULL AND ages_given

-- id_shared --
-- T082 id_number: identity numbers under several borrower numbers
SELECT row, borrower_id AS key, CAST(CONCAT(SUBSTR(id, 1, 3), '●●●', SUBSTR(id, LENGTH(id) - 1, 2)) AS VARCHAR) AS found, CAST(people AS VARCHAR) AS expected
FROM borrowers_seen
WHERE people > 1

-- id_old_form --
-- T084 id_number: identity numbers of 15 digits
SELECT row, borrower_id AS key, CAST(CONCAT(SUBSTR(id, 1, 3), '●●●', SUBSTR(id, LENGTH(id) - 1, 2)) AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE form = '15'

-- name_missing --
-- T086 name: borrowers without a name where names are given
SELECT row, borrower_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM borrowers_seen
WHERE names_given AND name IS NULL

-- Payments, addresses, contacts, letters ---------------------------------------------------------------------------

-- payment_key_missing --
-- T026 loan_id: payments without a loan number
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM payments_seen
WHERE loan_id IS NULL

-- payment_of_unknown_loan --
-- T087 loan_id: payments for loans that are not on the tape
SELECT row, loan_id AS key, CAST(loan_id AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM payments_seen
WHERE owner_unknown

-- payment_after_cutoff --
-- T088 paid_on: payments after the cut-off date
SELECT row, loan_id AS key, CAST(paid_on AS VARCHAR) AS found, CAST(tape_cutoff AS VARCHAR) AS expected
FROM payments_seen
WHERE paid_on > tape_cutoff

-- payment_empty --
-- T089 amount: payments without a day or without an amount above zero
SELECT row, loan_id AS key, CAST(COALESCE(CAST(amount AS VARCHAR), '') AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM payments_seen
WHERE paid_on IS NULL OR amount IS NULL OR amount <= 0

-- payment_parts_differ --
-- T101 amount: payments whose parts do not add up to the amount
SELECT row, loan_id AS key, CAST(parts AS VARCHAR) AS found, CAST(amount AS VARCHAR) AS expected
FROM payments_seen
WHERE split AND parts <> amount

-- payment_part_negative --
-- T102 principal: payments with a negative part
SELECT row, loan_id AS key, CAST(least_part AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM payments_seen
WHERE least_part < 0

-- payment_repeated --
-- T103 reference: transaction numbers used more than once
SELECT row, loan_id AS key, CAST(times AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM payments_seen
WHERE times > 1

-- address_key_missing --
-- T026 borrower_id: addresses of nobody
SELECT row, borrower_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM addresses_seen
WHERE borrower_id IS NULL

-- address_empty --
-- T090 text: addresses without text
SELECT row, borrower_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM addresses_seen
WHERE text IS NULL

-- address_without_source --
-- T091 source: addresses of unknown source
SELECT row, borrower_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM addresses_seen
WHERE source IS NULL

-- address_of_unknown_borrower --
-- T092 borrower_id: addresses of people who are not on the tape
SELECT row, borrower_id AS key, CAST(borrower_id AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM addresses_seen
WHERE owner_unknown

-- contact_key_missing --
-- T026 borrower_id: contacts of nobody
SELECT row, borrower_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM contacts_seen
WHERE borrower_id IS NULL

-- contact_of_unknown_borrower --
-- T092 borrower_id: contacts of people who are not on the tape
SELECT row, borrower_id AS key, CAST(borrower_id AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM contacts_seen
WHERE owner_unknown

-- telephone_impossible --
-- T093 value: mobile numbers that no network gives out
SELECT row, borrower_id AS key, CAST(CONCAT(SUBSTR(value, 1, 3), '●●●', SUBSTR(value, LENGTH(value) - 1, 2)) AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM contacts_seen
WHERE kind = 'mobile' AND value NOT LIKE '%*%' AND NOT REGEXP_MATCHES(REGEXP_REPLACE(value, '[ -]', '', 'g'), '^([+]?86)?1[3-9][0-9]{9}$')

-- contact_empty --
-- T094 value: contacts without kind or value
SELECT row, borrower_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM contacts_seen
WHERE kind IS NULL OR value IS NULL

-- letter_key_missing --
-- T026 letter_id: letters without a number
SELECT row, letter_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM letters_seen
WHERE letter_id IS NULL

-- letter_repeated --
-- T096 letter_id: letter numbers used more than once
SELECT row, letter_id AS key, CAST(times AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM letters_seen
WHERE times > 1

-- letter_of_unknown_borrower --
-- T092 borrower_id: letters to people who are not on the tape
SELECT row, letter_id AS key, CAST(borrower_id AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM letters_seen
WHERE owner_unknown

-- letter_outcome_too_early --
-- T095 outcome_on: outcomes before the letter was sent
SELECT row, letter_id AS key, CAST(outcome_on AS VARCHAR) AS found, CAST(sent_on AS VARCHAR) AS expected
FROM letters_seen
WHERE outcome_on < sent_on

-- Instalments due ------------------------------------------------------------------------------------------------------

-- instalment_key_missing --
-- T026 loan_id: instalments without a loan number
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM schedules_seen
WHERE loan_id IS NULL

-- instalment_of_unknown_loan --
-- T100 loan_id: instalments of loans that are not on the tape
SELECT row, loan_id AS key, CAST(loan_id AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM schedules_seen
WHERE owner_unknown

-- instalment_empty --
-- T105 due_on: instalments without a day or without principal, or with a negative amount
SELECT row, loan_id AS key, CAST(COALESCE(CAST(principal_due AS VARCHAR), '') AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM schedules_seen
WHERE due_on IS NULL OR principal_due IS NULL OR principal_due < 0 OR interest_due < 0

-- instalment_before_granted --
-- T106 due_on: instalments due before the loan was granted
SELECT row, loan_id AS key, CAST(due_on AS VARCHAR) AS found, CAST(granted_on AS VARCHAR) AS expected
FROM schedules_seen
WHERE due_on < granted_on

-- instalment_placeholder --
-- T106 due_on: instalments due on a day that no living loan can have
SELECT row, loan_id AS key, CAST(due_on AS VARCHAR) AS found, CAST(first_day AS VARCHAR) AS expected
FROM schedules_seen
WHERE due_on < first_day AND granted_on IS NULL

-- instalment_after_maturity --
-- T107 due_on: instalments due after the loan matures
SELECT row, loan_id AS key, CAST(due_on AS VARCHAR) AS found, CAST(matures_on AS VARCHAR) AS expected
FROM schedules_seen
WHERE due_on > matures_on

-- instalment_repeated --
-- T108 due_on: instalments of one loan on the same day
SELECT row, loan_id AS key, CAST(times AS VARCHAR) AS found, CAST(due_on AS VARCHAR) AS expected
FROM schedules_seen
WHERE times > 1

-- instalments_do_not_sum --
-- T109 principal_due: schedules whose principal is neither what was paid out nor what is left
SELECT row, loan_id AS key, CAST(summed AS VARCHAR) AS found, CAST(COALESCE(paid_out, principal) AS VARCHAR) AS expected
FROM schedules_seen
WHERE row = first_row AND summed <> principal AND (summed <> paid_out OR paid_out IS NULL AND summed < principal)

-- Events ---------------------------------------------------------------------------------------------------------------

-- event_key_missing --
-- T026 loan_id: events without a loan number
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM events_seen
WHERE loan_id IS NULL

-- event_of_unknown_loan --
-- T100 loan_id: events of loans that are not on the tape
SELECT row, loan_id AS key, CAST(loan_id AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM events_seen
WHERE owner_unknown

-- event_empty --
-- T110 happened_on: events without a kind or a day
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM events_seen
WHERE happened_on IS NULL OR kind IS NULL

-- event_after_cutoff --
-- T111 happened_on: events after the cut-off date
SELECT row, loan_id AS key, CAST(happened_on AS VARCHAR) AS found, CAST(tape_cutoff AS VARCHAR) AS expected
FROM events_seen
WHERE happened_on > tape_cutoff

-- event_before_granted --
-- T112 happened_on: events before the loan was granted
SELECT row, loan_id AS key, CAST(happened_on AS VARCHAR) AS found, CAST(granted_on AS VARCHAR) AS expected
FROM events_seen
WHERE happened_on < granted_on

-- event_runs_backwards --
-- T113 to_on: changes to a day before the one that held
SELECT row, loan_id AS key, CAST(to_on AS VARCHAR) AS found, CAST(from_on AS VARCHAR) AS expected
FROM events_seen
WHERE to_on < from_on AND kind IN ('extension', 'due_date_moved')

-- event_without_days --
-- T114 to_on: extensions and moved due dates without their days
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM events_seen
WHERE kind IN ('extension', 'due_date_moved') AND (from_on IS NULL OR to_on IS NULL)

-- event_without_amount --
-- T115 amount: waivers, write-offs and refunds without an amount above zero
SELECT row, loan_id AS key, CAST(COALESCE(CAST(amount AS VARCHAR), '') AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM events_seen
WHERE kind IN ('waiver', 'write_off', 'refund') AND (amount IS NULL OR amount <= 0) OR amount < 0

-- event_names_itself --
-- T116 related_loan_id: refinancings that name the loan itself
SELECT row, loan_id AS key, CAST(related_loan_id AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM events_seen
WHERE related_loan_id = loan_id

-- event_of_write_off_alone --
-- T117 kind: write-offs of loans that the tape does not call written off
SELECT row, loan_id AS key, CAST(happened_on AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM events_seen
WHERE kind = 'write_off' AND gone = 0 AND happened_on <= tape_cutoff

-- event_without_flag --
-- T118 kind: deaths, disputes, bankruptcies and the like of borrowers who are not flagged so
SELECT row, loan_id AS key, CAST(kind AS VARCHAR) AS found, CAST(tells AS VARCHAR) AS expected
FROM events_seen
WHERE borrowers_given AND tells IS NOT NULL AND NOT owner_unknown AND REPLACE(flags, tells, '') = flags

-- Collateral -----------------------------------------------------------------------------------------------------------

-- collateral_key_missing --
-- T026 loan_id: collateral without a loan number
SELECT row, loan_id AS key, CAST('' AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM collateral_seen
WHERE loan_id IS NULL

-- collateral_of_unknown_loan --
-- T100 loan_id: collateral of loans that are not on the tape
SELECT row, loan_id AS key, CAST(loan_id AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM collateral_seen
WHERE owner_unknown

-- appraisal_missing --
-- T120 appraisal: collateral without a value above zero
SELECT row, loan_id AS key, CAST(COALESCE(CAST(appraisal AS VARCHAR), '') AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM collateral_seen
WHERE appraisal IS NULL OR appraisal <= 0

-- appraised_after_cutoff --
-- T121 appraised_on: appraisals after the cut-off date
SELECT row, loan_id AS key, CAST(appraised_on AS VARCHAR) AS found, CAST(tape_cutoff AS VARCHAR) AS expected
FROM collateral_seen
WHERE appraised_on > tape_cutoff

-- appraisal_old --
-- T122 appraised_on: appraisals that are too old
SELECT row, loan_id AS key, CAST(appraised_on AS VARCHAR) AS found, CAST(stale_before AS VARCHAR) AS expected
FROM collateral_seen
WHERE appraised_on < stale_before

-- rank_shared --
-- T123 rank: ranks that several rights in one thing claim
SELECT row, loan_id AS key, CAST(rank AS VARCHAR) AS found, CAST(times AS VARCHAR) AS expected
FROM collateral_seen
WHERE times > 1

-- rank_impossible --
-- T124 rank: ranks below 1
SELECT row, loan_id AS key, CAST(rank AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM collateral_seen
WHERE rank < 1

-- collateral_of_unsecured_loan --
-- T125 kind: collateral of loans that are stated as unsecured
SELECT row, loan_id AS key, CAST(kind AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM collateral_seen
WHERE guarantee = 'credit'

-- collateral_not_registered --
-- T126 registered: homes, shops and land whose mortgage is not registered
SELECT row, loan_id AS key, CAST(kind AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM collateral_seen
WHERE kind IN ('home', 'shop', 'land') AND NOT registered

-- Assets taken for debt ------------------------------------------------------------------------------------------------

-- asset_without_value --
-- T127 acquired_value: assets taken for debt without a value above zero
SELECT row, COALESCE(asset_id, claim) AS key, CAST(COALESCE(CAST(acquired_value AS VARCHAR), '') AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM owned_assets_seen
WHERE acquired_value IS NULL OR acquired_value <= 0

-- asset_acquired_after_cutoff --
-- T128 acquired_on: assets acquired after the cut-off date
SELECT row, COALESCE(asset_id, claim) AS key, CAST(acquired_on AS VARCHAR) AS found, CAST(tape_cutoff AS VARCHAR) AS expected
FROM owned_assets_seen
WHERE acquired_on > tape_cutoff

-- asset_repeated --
-- T129 asset_id: asset numbers used more than once
SELECT row, COALESCE(asset_id, claim) AS key, CAST(times AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM owned_assets_seen
WHERE times > 1

-- asset_before_its_claim --
-- T130 acquired_on: assets acquired before their loan was granted
SELECT row, COALESCE(asset_id, claim) AS key, CAST(acquired_on AS VARCHAR) AS found, CAST(granted_on AS VARCHAR) AS expected
FROM owned_assets_seen
WHERE acquired_on < granted_on

-- asset_of_unknown_loan --
-- T100 claim: assets taken for loans that are not on the tape
SELECT row, COALESCE(asset_id, claim) AS key, CAST(claim AS VARCHAR) AS found, CAST('' AS VARCHAR) AS expected
FROM owned_assets_seen
WHERE owner_unknown
