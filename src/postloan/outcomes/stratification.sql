-- report_rows --
-- One narrow row per loan that is not quarantined, every stratum as a small number (0 where not stated).
-- Band edges are upper bounds, included. No join: what hangs on the borrower is added per borrower.
SELECT
    borrower_id,
    principal,
    total,
    CASE WHEN days_overdue IS NULL THEN CAST(0 AS DECIMAL(18,2)) ELSE total END AS aged_total,
    CAST(total AS DECIMAL(18,2)) * CAST(COALESCE(days_overdue, 0) AS DECIMAL(9,0)) AS weighted,
    CASE WHEN days_overdue IS NULL THEN 0
        WHEN days_overdue <= :days_1 THEN 1 WHEN days_overdue <= :days_2 THEN 2
        WHEN days_overdue <= :days_3 THEN 3 WHEN days_overdue <= :days_4 THEN 4
        WHEN days_overdue <= :days_5 THEN 5 WHEN days_overdue <= :days_6 THEN 6
        WHEN days_overdue <= :days_7 THEN 7 ELSE 8 END AS overdue,
    CASE WHEN total IS NULL THEN 0
        WHEN total <= :yuan_1 THEN 1 WHEN total <= :yuan_2 THEN 2 WHEN total <= :yuan_3 THEN 3
        WHEN total <= :yuan_4 THEN 4 WHEN total <= :yuan_5 THEN 5 WHEN total <= :yuan_6 THEN 6
        WHEN total <= :yuan_7 THEN 7 ELSE 8 END AS balance,
    CASE litigation
        WHEN 'none' THEN 1 WHEN 'suing' THEN 2 WHEN 'sued' THEN 3 WHEN 'arbitrating' THEN 4
        WHEN 'arbitrated' THEN 5 WHEN 'judged' THEN 6 WHEN 'enforcing' THEN 7
        WHEN 'enforcement_withdrawn' THEN 8 WHEN 'enforcement_suspended' THEN 9
        WHEN 'enforcement_ended' THEN 10 WHEN 'enforcement_terminated' THEN 11 WHEN 'mediated' THEN 12
        WHEN 'other' THEN 13 ELSE 0 END AS litigation,
    CASE guarantee
        WHEN 'credit' THEN 1 WHEN 'guaranteed' THEN 2 WHEN 'mortgage' THEN 3 WHEN 'pledge' THEN 4
        WHEN 'other' THEN 5 ELSE 0 END AS guarantee,
    CASE product
        WHEN 'consumer' THEN 1 WHEN 'credit_card' THEN 2 WHEN 'business' THEN 3 WHEN 'mortgage' THEN 4
        WHEN 'auto' THEN 5 WHEN 'other' THEN 6 ELSE 0 END AS product,
    CASE WHEN originated_on IS NULL THEN 0
        ELSE LEAST(GREATEST(YEAR(originated_on) - :first_year + 1, 1), 12) END AS originated
FROM loans
WHERE NOT COALESCE(quarantined, FALSE)

-- whole --
-- The tape at a glance: what stands in it, what was put aside, and its cut-off days.
SELECT
    COUNT(*) AS loans,
    SUM(CASE WHEN COALESCE(quarantined, FALSE) THEN 1 ELSE 0 END) AS quarantined,
    COALESCE(SUM(total), 0) AS total,
    COALESCE(SUM(CASE WHEN COALESCE(quarantined, FALSE) THEN total END), 0) AS quarantined_total,
    MIN(cutoff_on) AS first_cutoff,
    MAX(cutoff_on) AS last_cutoff,
    COUNT(DISTINCT lender) AS lenders,
    MIN(lender) AS lender
FROM loans

-- report_cube --
-- Loans and money by every stratum that hangs on the loan; small, rolled up many times.
SELECT
    overdue, balance, litigation, guarantee, product, originated,
    COUNT(*) AS loans, SUM(principal) AS principal, SUM(total) AS total,
    SUM(weighted) AS weighted, SUM(aged_total) AS aged_total
FROM report_rows
GROUP BY overdue, balance, litigation, guarantee, product, originated

-- report_borrowers --
-- Each borrower once: in which bands the borrower has a loan (one bit a band), loans and money.
-- Counting borrowers per band is then a count of bits; a COUNT DISTINCT per band costs ten times as much.
SELECT
    borrower_id,
    COUNT(*) AS loans, SUM(principal) AS principal, SUM(total) AS total,
    SUM(weighted) AS weighted, SUM(aged_total) AS aged_total,
    BIT_OR(CAST(1 AS BIGINT) << overdue) AS overdue,
    BIT_OR(CAST(1 AS BIGINT) << balance) AS balance,
    BIT_OR(CAST(1 AS BIGINT) << litigation) AS litigation,
    BIT_OR(CAST(1 AS BIGINT) << guarantee) AS guarantee,
    BIT_OR(CAST(1 AS BIGINT) << product) AS product,
    BIT_OR(CAST(1 AS BIGINT) << originated) AS originated
FROM report_rows
GROUP BY borrower_id

-- strata_of_loans --
-- The cube rolled up to one line per dimension and band.
SELECT 'overdue' AS dimension, overdue AS band, SUM(loans), SUM(principal), SUM(total), SUM(weighted), SUM(aged_total)
FROM report_cube GROUP BY overdue
UNION ALL
SELECT 'balance', balance, SUM(loans), SUM(principal), SUM(total), SUM(weighted), SUM(aged_total)
FROM report_cube GROUP BY balance
UNION ALL
SELECT 'litigation', litigation, SUM(loans), SUM(principal), SUM(total), SUM(weighted), SUM(aged_total)
FROM report_cube GROUP BY litigation
UNION ALL
SELECT 'guarantee', guarantee, SUM(loans), SUM(principal), SUM(total), SUM(weighted), SUM(aged_total)
FROM report_cube GROUP BY guarantee
UNION ALL
SELECT 'product', product, SUM(loans), SUM(principal), SUM(total), SUM(weighted), SUM(aged_total)
FROM report_cube GROUP BY product
UNION ALL
SELECT 'originated', originated, SUM(loans), SUM(principal), SUM(total), SUM(weighted), SUM(aged_total)
FROM report_cube GROUP BY originated

-- borrower_bits --
-- How many borrowers have which set of bands, per dimension.
SELECT 'overdue' AS dimension, overdue AS bits, COUNT(*) AS borrowers FROM report_borrowers GROUP BY overdue
UNION ALL
SELECT 'balance', balance, COUNT(*) FROM report_borrowers GROUP BY balance
UNION ALL
SELECT 'litigation', litigation, COUNT(*) FROM report_borrowers GROUP BY litigation
UNION ALL
SELECT 'guarantee', guarantee, COUNT(*) FROM report_borrowers GROUP BY guarantee
UNION ALL
SELECT 'product', product, COUNT(*) FROM report_borrowers GROUP BY product
UNION ALL
SELECT 'originated', originated, COUNT(*) FROM report_borrowers GROUP BY originated

-- report_people --
-- Age band and region of borrowers, with their loans and money; a borrower has one of each.
SELECT
    CASE WHEN b.age IS NULL THEN 0
        WHEN b.age <= :age_1 THEN 1 WHEN b.age <= :age_2 THEN 2 WHEN b.age <= :age_3 THEN 3
        WHEN b.age <= :age_4 THEN 4 WHEN b.age <= :age_5 THEN 5 ELSE 6 END AS age,
    COALESCE(b.region, '') AS region,
    COUNT(*) AS borrowers, SUM(r.loans) AS loans, SUM(r.principal) AS principal, SUM(r.total) AS total,
    SUM(r.weighted) AS weighted, SUM(r.aged_total) AS aged_total, MAX(r.total) AS largest,
    SUM(CASE WHEN b.age IS NULL THEN 0 ELSE r.total * CAST(b.age AS DECIMAL(4,0)) END) AS age_weighted
FROM report_borrowers AS r
LEFT JOIN borrowers AS b ON b.borrower_id = r.borrower_id
GROUP BY 1, 2

-- counts_of_findings --
-- Every finding code with its exact number of rows, the gravest first.
SELECT code, severity, table_name, field, rows, shown, quarantined, says_en, says_zh, mend_en, mend_zh
FROM finding_counts
ORDER BY CASE severity WHEN 'blocking' THEN 0 WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, rows DESC, code

-- samples_of_findings --
-- The first few findings of each code, as examples.
SELECT code, table_name, row, key, field, found, expected, source
FROM findings
QUALIFY ROW_NUMBER() OVER (PARTITION BY code, table_name, field ORDER BY row) <= :samples
ORDER BY code, row

-- quality_of_fields --
-- Scores by field; the tape's own score is the line without a field.
SELECT table_name, field, rows, filled, valid, faulty, score
FROM field_quality
ORDER BY score, table_name, field

-- reach_whole --
-- Borrowers, persons, places, borrowers without a place, expected shares reached, letters planned and their cost.
SELECT
  COUNT(*) AS borrowers,
  COUNT(DISTINCT person_id) AS persons,
  (SELECT COUNT(*) FROM places) AS places,
  COUNT(*) FILTER (WHERE places = 0) AS without_place,
  COALESCE(AVG(next_arrives), 0) AS first,
  COALESCE(AVG(reached), 0) AS all_letters,
  CAST(COALESCE(SUM(letters), 0) AS BIGINT) AS letters,
  COALESCE(SUM(cost), 0) AS cost
FROM people

-- reach_bands --
-- Borrowers by the chance at their best place, in fifths.
SELECT LEAST(FLOOR(arrives * 5), 4) / 5 AS low, COUNT(*) AS borrowers
FROM people
WHERE places > 0
GROUP BY LEAST(FLOOR(arrives * 5), 4) / 5
ORDER BY low
