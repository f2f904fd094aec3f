-- package_candidates --
-- Loans that may be listed and that the selection asks for, with what a disclosure needs of each.
SELECT
    l.row, l.loan_id, l.borrower_id, l.principal, l.interest, l.total, l.fees, l.days_overdue, l.credit_line,
    e.effective_grade AS grade, e.computed_grade, l.written_off, l.guarantee, l.litigation, l.product,
    l.cutoff_on, l.lender, l.branch, l.contract_no, b.age, b.region
FROM loans AS l
JOIN eligibility AS e ON e.row = l.row
LEFT JOIN borrowers AS b ON b.borrower_id = l.borrower_id
WHERE (e.answer = 'allow' OR e.answer = 'review' AND e.because IN :waived)
    AND (:any_product OR l.product IN :products)
    AND (:any_grade OR e.effective_grade IN :grades)
    AND (:any_region OR b.region IN :regions)
    AND (:days_from IS NULL OR l.days_overdue >= :days_from)
    AND (:days_to IS NULL OR l.days_overdue <= :days_to)
    AND (:balance_from IS NULL OR l.total >= :balance_from)
    AND (:balance_to IS NULL OR l.total <= :balance_to)

-- package_borrowers --
-- Whole borrowers that stay once no borrower may hold more than a share of the package, up to the wanted size.
-- Sorted upwards, the largest borrower within its share of the running sum bounds all that may stay.
WITH sums AS (
    SELECT borrower_id, SUM(total) AS owed, MAX(days_overdue) AS oldest, MIN(row) AS first_row, COUNT(*) AS loans
    FROM package_candidates
    GROUP BY borrower_id
),
upwards AS (
    SELECT
        borrower_id, owed, oldest, first_row, loans,
        SUM(owed) OVER (ORDER BY owed, borrower_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS owed_so_far
    FROM sums
),
bound AS (
    SELECT MAX(owed) AS most
    FROM upwards
    WHERE CAST(owed AS DECIMAL(20, 2)) <= CAST(owed_so_far AS DECIMAL(20, 2)) * CAST(:share AS DECIMAL(9, 8))
),
within_share AS (
    SELECT u.*
    FROM upwards AS u CROSS JOIN bound
    WHERE u.owed <= bound.most
),
ranked AS (
    SELECT
        borrower_id,
        ROW_NUMBER() OVER (wanted) AS borrowers_so_far,
        SUM(loans) OVER (wanted ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS loans_so_far,
        SUM(owed) OVER (wanted ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total_so_far
    FROM within_share
    WINDOW wanted AS (
        ORDER BY
            CASE :order WHEN 'largest' THEN -owed WHEN 'smallest' THEN owed WHEN 'oldest' THEN -oldest END NULLS FIRST,
            first_row
    )
)
SELECT borrower_id
FROM ranked
WHERE (:borrowers_at_most IS NULL OR borrowers_so_far <= :borrowers_at_most)
    AND (:loans_at_most IS NULL OR loans_so_far <= :loans_at_most)
    AND (:total_at_most IS NULL OR total_so_far <= :total_at_most)

-- package_loans --
-- The loans of the package: all candidates of the borrowers that stay.
SELECT c.*
FROM package_candidates AS c
JOIN package_borrowers AS k ON k.borrower_id = c.borrower_id
