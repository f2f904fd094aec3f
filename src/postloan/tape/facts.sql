-- What the checks must know of the whole tape before they look at one row, and the rows as the checks see them.
-- <table>_whole are the typed tables with every column of columns.yaml, empty where the seller gives none.

-- cutoffs --
-- The cut-off dates on the tape with their rows, the commonest first.
SELECT cutoff_on, COUNT(*) AS times
FROM loans_whole
GROUP BY cutoff_on
ORDER BY times DESC, cutoff_on
LIMIT 50

-- amount_scale --
-- How the amounts of each column spread: rows per twentieth of a power of ten.
SELECT 'principal' AS field, FLOOR(LOG10(CAST(principal AS DOUBLE)) * 20) AS step, COUNT(*) AS times
FROM loans_whole WHERE principal > 0 GROUP BY step
UNION ALL
SELECT 'interest' AS field, FLOOR(LOG10(CAST(interest AS DOUBLE)) * 20) AS step, COUNT(*) AS times
FROM loans_whole WHERE interest > 0 GROUP BY step
UNION ALL
SELECT 'stated_total' AS field, FLOOR(LOG10(CAST(stated_total AS DOUBLE)) * 20) AS step, COUNT(*) AS times
FROM loans_whole WHERE stated_total > 0 GROUP BY step
UNION ALL
SELECT 'credit_line' AS field, FLOOR(LOG10(CAST(credit_line AS DOUBLE)) * 20) AS step, COUNT(*) AS times
FROM loans_whole WHERE credit_line > 0 GROUP BY step
UNION ALL
SELECT 'paid_out' AS field, FLOOR(LOG10(CAST(paid_out AS DOUBLE)) * 20) AS step, COUNT(*) AS times
FROM loans_whole WHERE paid_out > 0 GROUP BY step

-- loan_habits --
-- How many rows follow each way of writing that sellers have.
SELECT
    COUNT(*) AS loans,
    COUNT(grade) AS graded,
    COUNT(stated_total) AS totals,
    SUM(CASE WHEN stated_total = principal + COALESCE(interest, 0) THEN 1 ELSE 0 END) AS plain_totals,
    SUM(CASE WHEN COALESCE(penalty, 0) + COALESCE(compound_interest, 0) <> 0 THEN 1 ELSE 0 END) AS with_penalty,
    SUM(CASE WHEN COALESCE(penalty, 0) + COALESCE(compound_interest, 0) <> 0
        AND stated_total = principal + COALESCE(interest, 0) + COALESCE(penalty, 0) + COALESCE(compound_interest, 0)
        THEN 1 ELSE 0 END) AS folded_totals,
    COUNT(annual_rate) AS rates,
    SUM(CASE WHEN annual_rate > 1 AND annual_rate <= 100 THEN 1 ELSE 0 END) AS percent_rates
FROM loans_whole

-- borrower_habits --
-- How many borrower rows give what.
SELECT
    COUNT(*) AS borrowers,
    COUNT(name) AS named,
    COUNT(id_number) + COUNT(born_on) + COUNT(age) AS ages
FROM borrowers_whole

-- repeated_loans --
-- Loan numbers on more than one row.
SELECT loan_id, COUNT(*) AS times, MIN(row) AS first_row
FROM loans_whole
WHERE loan_id IS NOT NULL
GROUP BY loan_id
HAVING COUNT(*) > 1

-- copied_loans --
-- Of each repeated loan number, how many rows equal its first row in everything.
SELECT r.loan_id, r.times, r.first_row, COUNT(*) AS copies
FROM repeated_loans AS r
JOIN loans_whole AS f ON f.row = r.first_row
JOIN loans_whole AS l ON l.loan_id = r.loan_id
WHERE l.borrower_id IS NOT DISTINCT FROM f.borrower_id
    AND l.principal IS NOT DISTINCT FROM f.principal
    AND l.interest IS NOT DISTINCT FROM f.interest
    AND l.stated_total IS NOT DISTINCT FROM f.stated_total
    AND l.product IS NOT DISTINCT FROM f.product
    AND l.overdue_since IS NOT DISTINCT FROM f.overdue_since
    AND l.days_overdue IS NOT DISTINCT FROM f.days_overdue
    AND l.cutoff_on IS NOT DISTINCT FROM f.cutoff_on
    AND l.lender IS NOT DISTINCT FROM f.lender
    AND l.branch IS NOT DISTINCT FROM f.branch
    AND l.channel IS NOT DISTINCT FROM f.channel
    AND l.contract_no IS NOT DISTINCT FROM f.contract_no
    AND l.originated_on IS NOT DISTINCT FROM f.originated_on
    AND l.matures_on IS NOT DISTINCT FROM f.matures_on
    AND l.credit_line IS NOT DISTINCT FROM f.credit_line
    AND l.paid_out IS NOT DISTINCT FROM f.paid_out
    AND l.penalty IS NOT DISTINCT FROM f.penalty
    AND l.compound_interest IS NOT DISTINCT FROM f.compound_interest
    AND l.fees IS NOT DISTINCT FROM f.fees
    AND l.annual_rate IS NOT DISTINCT FROM f.annual_rate
    AND l.grade IS NOT DISTINCT FROM f.grade
    AND l.written_off IS NOT DISTINCT FROM f.written_off
    AND l.written_off_on IS NOT DISTINCT FROM f.written_off_on
    AND l.guarantee IS NOT DISTINCT FROM f.guarantee
    AND l.litigation IS NOT DISTINCT FROM f.litigation
    AND l.restructured_times IS NOT DISTINCT FROM f.restructured_times
    AND l.last_paid_on IS NOT DISTINCT FROM f.last_paid_on
    AND l.last_paid_amount IS NOT DISTINCT FROM f.last_paid_amount
    AND l.currency IS NOT DISTINCT FROM f.currency
GROUP BY r.loan_id, r.times, r.first_row

-- odd_borrowers --
-- Borrower numbers that do not stand on exactly one borrower row and on at least one loan.
SELECT borrower_id, SUM(here) AS times, SUM(loans) AS loans, MIN(row) AS first_row
FROM (
    SELECT borrower_id, 1 AS here, 0 AS loans, row FROM borrowers_whole
    UNION ALL
    SELECT borrower_id, 0 AS here, 1 AS loans, CAST(NULL AS BIGINT) AS row FROM loans_whole
) AS both_tables
WHERE borrower_id IS NOT NULL
GROUP BY borrower_id
HAVING SUM(here) <> 1 OR SUM(loans) = 0

-- copied_borrowers --
-- Of each repeated borrower number, how many rows equal its first row in everything.
SELECT r.borrower_id, COUNT(*) AS copies
FROM odd_borrowers AS r
JOIN borrowers_whole AS f ON f.row = r.first_row
JOIN borrowers_whole AS b ON b.borrower_id = r.borrower_id
WHERE r.times > 1
    AND b.name IS NOT DISTINCT FROM f.name
    AND b.id_number IS NOT DISTINCT FROM f.id_number
    AND b.born_on IS NOT DISTINCT FROM f.born_on
    AND b.age IS NOT DISTINCT FROM f.age
    AND b.sex IS NOT DISTINCT FROM f.sex
    AND b.employer IS NOT DISTINCT FROM f.employer
    AND b.monthly_income IS NOT DISTINCT FROM f.monthly_income
    AND b.flags IS NOT DISTINCT FROM f.flags
GROUP BY r.borrower_id

-- shared_ids --
-- Identity numbers in clear that stand under more than one borrower number.
SELECT id_number, COUNT(DISTINCT borrower_id) AS people
FROM borrowers_whole
WHERE LENGTH(id_number) IN (15, 18) AND id_number NOT LIKE '%*%'
GROUP BY id_number
HAVING COUNT(DISTINCT borrower_id) > 1

-- hidden_ids --
-- How many identity numbers are masked or hashed.
SELECT SUM(CASE WHEN form = 'hidden' THEN 1 ELSE 0 END) AS hidden
FROM borrowers_read

-- repeated_letters --
-- Letter numbers on more than one row.
SELECT letter_id, COUNT(*) AS times
FROM letters_whole
WHERE letter_id IS NOT NULL
GROUP BY letter_id
HAVING COUNT(*) > 1

-- faulty_borrowers --
-- Borrowers whose own row is in quarantine, with the first such row.
SELECT b.borrower_id, MIN(b.row) AS faulty_row
FROM borrowers_whole AS b
JOIN borrowers_bad AS q ON q.row = b.row
WHERE b.borrower_id IS NOT NULL
GROUP BY b.borrower_id

-- loans_seen --
-- The loans as the checks see them. The copies in binary (…_f) serve rough comparisons of scale only.
SELECT
    s.*,
    CASE WHEN s.days > :loss_after THEN 'loss' WHEN s.days > :doubtful_after THEN 'doubtful'
        WHEN s.days > :substandard_after THEN 'substandard' ELSE 'special_mention' END AS least_grade,
    CASE WHEN s.days > :loss_after THEN 5 WHEN s.days > :doubtful_after THEN 4
        WHEN s.days > :substandard_after THEN 3 WHEN s.days IS NOT NULL AND :loss_after IS NOT NULL THEN 1
        END AS least_rank
FROM (
    SELECT
        l.*,
        r.times, r.copies, r.first_row,
        o.borrower_id IS NOT NULL AND :borrowers_given AS borrower_unknown,
        q.faulty_row,
        CAST(:tape_cutoff AS DATE) AS tape_cutoff,
        COALESCE(l.cutoff_on, CAST(:tape_cutoff AS DATE)) AS cutoff,
        :cutoff_given AS cutoff_given,
        :grades_given AS grades_given,
        CAST(:first_day AS DATE) AS first_day,
        CAST(:last_day AS DATE) AS last_day,
        CAST(:absurd AS DECIMAL(18,2)) AS absurd,
        NULLIF(GREATEST(COALESCE(l.credit_line, 0), COALESCE(l.paid_out, 0)), 0) * 10 AS ten_lines,
        l.principal + COALESCE(l.interest, 0) AS owed,
        CASE WHEN :folded THEN l.principal + COALESCE(l.interest, 0) + COALESCE(l.penalty, 0)
            + COALESCE(l.compound_interest, 0) ELSE l.principal + COALESCE(l.interest, 0) END AS expected_total,
        CAST(l.principal AS DOUBLE) AS principal_f,
        COALESCE(CAST(l.interest AS DOUBLE), 0) AS interest_f,
        CAST(l.stated_total AS DOUBLE) AS total_f,
        CAST(l.paid_out AS DOUBLE) AS paid_out_f,
        CAST(l.principal AS DOUBLE) + COALESCE(CAST(l.interest AS DOUBLE), 0) AS owed_f,
        DATE_DIFF('day', l.overdue_since, COALESCE(l.cutoff_on, CAST(:tape_cutoff AS DATE))) AS due_days,
        COALESCE(l.days_overdue, DATE_DIFF('day', l.overdue_since,
            COALESCE(l.cutoff_on, CAST(:tape_cutoff AS DATE)))) AS days,
        CASE l.grade WHEN 'normal' THEN 1 WHEN 'special_mention' THEN 2 WHEN 'substandard' THEN 3
            WHEN 'doubtful' THEN 4 WHEN 'loss' THEN 5 END AS grade_rank
    FROM loans_whole AS l
    LEFT JOIN copied_loans AS r ON r.loan_id = l.loan_id
    LEFT JOIN unknown_borrowers AS o ON o.borrower_id = l.borrower_id
    LEFT JOIN faulty_borrowers AS q ON q.borrower_id = l.borrower_id
) AS s

-- unknown_borrowers --
-- Borrower numbers of loans that no borrower row has.
SELECT borrower_id FROM odd_borrowers WHERE times = 0

-- borrowers_read --
-- The borrowers with their identity numbers taken apart: GB 11643, 17 digits and a check character (MOD 11-2).
SELECT
    p.*,
    SUBSTR('10X98765432', CAST((
        (p.n // 10000000000000000) % 10 * 7 + (p.n // 1000000000000000) % 10 * 9 + (p.n // 100000000000000) % 10 * 10
        + (p.n // 10000000000000) % 10 * 5 + (p.n // 1000000000000) % 10 * 8 + (p.n // 100000000000) % 10 * 4
        + (p.n // 10000000000) % 10 * 2 + (p.n // 1000000000) % 10 * 1 + (p.n // 100000000) % 10 * 6
        + (p.n // 10000000) % 10 * 3 + (p.n // 1000000) % 10 * 7 + (p.n // 100000) % 10 * 9
        + (p.n // 10000) % 10 * 10 + (p.n // 1000) % 10 * 5 + (p.n // 100) % 10 * 8
        + (p.n // 10) % 10 * 4 + p.n % 10 * 2) % 11 + 1 AS INTEGER), 1) AS check_char,
    CASE WHEN p.form IN ('18', '15') THEN CASE WHEN p.n % 2 = 1 THEN 'male' ELSE 'female' END END AS id_sex,
    CASE
        WHEN p.form = '18' THEN TRY_CAST(CONCAT(SUBSTR(p.id, 7, 4), '-', SUBSTR(p.id, 11, 2), '-',
            SUBSTR(p.id, 13, 2)) AS DATE)
        WHEN p.form = '15' THEN TRY_CAST(CONCAT('19', SUBSTR(p.id, 7, 2), '-', SUBSTR(p.id, 9, 2), '-',
            SUBSTR(p.id, 11, 2)) AS DATE)
    END AS id_born,
    CASE WHEN p.form IN ('18', '15') THEN SUBSTR(p.id, 1, 2) END AS province_code,
    CASE WHEN p.form IN ('18', '15') THEN SUBSTR(p.id, 1, 6) END AS county_code
FROM (
    SELECT
        f.*,
        CASE
            WHEN f.id IS NULL THEN NULL
            WHEN f.id LIKE '%*%' OR f.id LIKE '%●%' OR LENGTH(f.id) >= 32 THEN 'hidden'
            WHEN LENGTH(f.id) = 18 AND CAST(f.n AS VARCHAR) = SUBSTR(f.id, 1, 17)
                AND SUBSTR(f.id, 18, 1) IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'X') THEN '18'
            WHEN LENGTH(f.id) = 15 AND CAST(f.n AS VARCHAR) = f.id THEN '15'
            ELSE 'bad'
        END AS form
    FROM (
        SELECT w.*, UPPER(w.id_number) AS id, TRY_CAST(SUBSTR(w.id_number, 1, 17) AS BIGINT) AS n
        FROM borrowers_whole AS w
    ) AS f
) AS p

-- borrowers_seen --
-- The borrowers as the checks see them.
SELECT
    s.*,
    CASE WHEN s.known_born IS NOT NULL THEN
        YEAR(s.tape_cutoff) - YEAR(s.known_born)
        - CASE WHEN MONTH(s.tape_cutoff) * 100 + DAY(s.tape_cutoff) < MONTH(s.known_born) * 100 + DAY(s.known_born)
            THEN 1 ELSE 0 END
        ELSE s.age END AS years
FROM (
    SELECT
        b.*,
        o.times, c.copies, o.first_row, COALESCE(o.loans = 0, FALSE) AS idle,
        i.people,
        p.province, d.code AS county,
        COALESCE(b.born_on, b.id_born) AS known_born,
        CAST(:tape_cutoff AS DATE) AS tape_cutoff,
        :names_given AS names_given,
        :ages_given AS ages_given
    FROM borrowers_read AS b
    LEFT JOIN odd_borrowers AS o ON o.borrower_id = b.borrower_id
    LEFT JOIN copied_borrowers AS c ON c.borrower_id = b.borrower_id
    LEFT JOIN shared_ids AS i ON i.id_number = b.id_number
    LEFT JOIN id_provinces AS p ON p.prefix = b.province_code
    LEFT JOIN id_counties AS d ON d.code = b.county_code
) AS s

-- repeated_references --
-- Transaction numbers on more than one payment.
SELECT reference, COUNT(*) AS times
FROM payments_whole
WHERE reference IS NOT NULL
GROUP BY reference
HAVING COUNT(*) > 1

-- payments_seen --
-- The payments as the checks see them.
SELECT
    p.*,
    p.loan_id IS NOT NULL AND l.loan_id IS NULL AS owner_unknown,
    r.times,
    CAST(:tape_cutoff AS DATE) AS tape_cutoff,
    p.principal IS NOT NULL OR p.interest IS NOT NULL OR p.penalty IS NOT NULL OR p.fees IS NOT NULL AS split,
    COALESCE(p.principal, 0) + COALESCE(p.interest, 0) + COALESCE(p.penalty, 0) + COALESCE(p.fees, 0) AS parts,
    LEAST(COALESCE(p.principal, 0), COALESCE(p.interest, 0), COALESCE(p.penalty, 0), COALESCE(p.fees, 0)) AS least_part
FROM payments_whole AS p
LEFT JOIN (SELECT DISTINCT loan_id FROM loans_whole) AS l ON l.loan_id = p.loan_id
LEFT JOIN repeated_references AS r ON r.reference = p.reference

-- loan_terms --
-- What the rows of other tables are held against, once for each loan number.
SELECT
    loan_id, MIN(borrower_id) AS borrower_id, MIN(originated_on) AS granted_on, MAX(matures_on) AS matures_on,
    MAX(principal) AS principal, MAX(paid_out) AS paid_out, MAX(guarantee) AS guarantee,
    MAX(CASE WHEN written_off OR written_off_on IS NOT NULL THEN 1 ELSE 0 END) AS gone
FROM loans_whole
WHERE loan_id IS NOT NULL
GROUP BY loan_id

-- schedule_sums --
-- Of each schedule: its first row, its last day, its principal.
SELECT loan_id, MIN(row) AS first_row, COUNT(*) AS instalments, SUM(principal_due) AS principal_due
FROM schedules_whole
WHERE loan_id IS NOT NULL
GROUP BY loan_id

-- repeated_instalments --
-- Days on which one loan has more than one instalment.
SELECT loan_id, due_on, COUNT(*) AS times
FROM schedules_whole
WHERE loan_id IS NOT NULL AND due_on IS NOT NULL
GROUP BY loan_id, due_on
HAVING COUNT(*) > 1

-- schedules_seen --
-- The instalments as the checks see them.
SELECT
    s.*,
    s.loan_id IS NOT NULL AND t.loan_id IS NULL AS owner_unknown,
    t.granted_on, t.matures_on, t.principal, t.paid_out,
    r.times,
    f.first_row, f.principal_due AS summed,
    CAST(:first_day AS DATE) AS first_day
FROM schedules_whole AS s
LEFT JOIN loan_terms AS t ON t.loan_id = s.loan_id
LEFT JOIN schedule_sums AS f ON f.loan_id = s.loan_id
LEFT JOIN repeated_instalments AS r ON r.loan_id = s.loan_id AND r.due_on = s.due_on

-- flagged_borrowers --
-- Borrowers whose flags tell of a death, a dispute, a bankruptcy, an incapacity or a mediation.
SELECT borrower_id, STRING_AGG(flags, ' ') AS flags
FROM borrowers_whole
WHERE REGEXP_MATCHES(flags, 'deceased|disputed|bankrupt|incapacitated|mediation')
GROUP BY borrower_id

-- events_seen --
-- The events as the checks see them. tells: the flag that the borrower should have for such an event.
SELECT
    e.*,
    e.loan_id IS NOT NULL AND t.loan_id IS NULL AS owner_unknown,
    t.granted_on, t.gone,
    CASE e.kind
      WHEN 'death' THEN 'deceased' WHEN 'dispute' THEN 'disputed' WHEN 'bankruptcy' THEN 'bankrupt'
      WHEN 'incapacity' THEN 'incapacitated' WHEN 'mediation' THEN 'mediation'
    END AS tells,
    COALESCE(f.flags, '') AS flags,
    :borrowers_given AS borrowers_given,
    CAST(:tape_cutoff AS DATE) AS tape_cutoff
FROM events_whole AS e
LEFT JOIN loan_terms AS t ON t.loan_id = e.loan_id
LEFT JOIN flagged_borrowers AS f ON f.borrower_id = t.borrower_id

-- shared_ranks --
-- Ranks that more than one right in the same thing claims.
SELECT kind, place, rank, COUNT(*) AS times
FROM collateral_whole
WHERE place IS NOT NULL AND rank IS NOT NULL
GROUP BY kind, place, rank
HAVING COUNT(*) > 1

-- collateral_seen --
-- The collateral as the checks see it. stale_before: an appraisal of an earlier day is too old.
SELECT
    c.*,
    c.loan_id IS NOT NULL AND t.loan_id IS NULL AS owner_unknown,
    t.guarantee, r.times,
    CAST(:tape_cutoff AS DATE) AS tape_cutoff,
    CAST(:stale_before AS DATE) AS stale_before
FROM collateral_whole AS c
LEFT JOIN loan_terms AS t ON t.loan_id = c.loan_id
LEFT JOIN shared_ranks AS r ON r.kind = c.kind AND r.place = c.place AND r.rank = c.rank

-- repeated_assets --
-- Asset numbers on more than one row.
SELECT asset_id, COUNT(*) AS times
FROM owned_assets_whole
WHERE asset_id IS NOT NULL
GROUP BY asset_id
HAVING COUNT(*) > 1

-- owned_assets_seen --
-- The assets taken for debt as the checks see them.
SELECT
    a.*,
    a.claim IS NOT NULL AND t.loan_id IS NULL AS owner_unknown,
    t.granted_on, r.times,
    CAST(:tape_cutoff AS DATE) AS tape_cutoff
FROM owned_assets_whole AS a
LEFT JOIN loan_terms AS t ON t.loan_id = a.claim
LEFT JOIN repeated_assets AS r ON r.asset_id = a.asset_id

-- known_borrowers --
-- Everyone on the tape.
SELECT DISTINCT borrower_id FROM loans_whole WHERE borrower_id IS NOT NULL

-- addresses_seen --
-- The addresses as the checks see them.
SELECT a.*, a.borrower_id IS NOT NULL AND k.borrower_id IS NULL AS owner_unknown
FROM addresses_whole AS a
LEFT JOIN known_borrowers AS k ON k.borrower_id = a.borrower_id

-- contacts_seen --
-- The contacts as the checks see them.
SELECT a.*, a.borrower_id IS NOT NULL AND k.borrower_id IS NULL AS owner_unknown
FROM contacts_whole AS a
LEFT JOIN known_borrowers AS k ON k.borrower_id = a.borrower_id

-- letters_seen --
-- The letters as the checks see them.
SELECT a.*, a.borrower_id IS NOT NULL AND k.borrower_id IS NULL AS owner_unknown, r.times
FROM letters_whole AS a
LEFT JOIN known_borrowers AS k ON k.borrower_id = a.borrower_id
LEFT JOIN repeated_letters AS r ON r.letter_id = a.letter_id
