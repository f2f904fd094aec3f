-- disclosure_totals --
-- The figures of a transfer notice (转让公告) for one package; the weight of every average is principal plus interest.
WITH per_borrower AS (
    SELECT borrower_id, SUM(total) AS owed
    FROM package_loans
    GROUP BY borrower_id
),
largest AS (
    SELECT COUNT(*) AS borrowers, MAX(owed) AS max_borrower
    FROM per_borrower
),
sums AS (
    SELECT
        COUNT(*) AS loans,
        SUM(principal) AS principal,
        SUM(interest) AS interest,
        SUM(total) AS total,
        SUM(fees) AS other_fees,
        SUM(total * days_overdue) AS days_weighted,
        SUM(total) FILTER (WHERE days_overdue IS NOT NULL) AS days_weight,
        SUM(total * age) AS age_weighted,
        SUM(total) FILTER (WHERE age IS NOT NULL) AS age_weight,
        SUM(total * credit_line) AS line_weighted,
        SUM(total) FILTER (WHERE credit_line IS NOT NULL) AS line_weight,
        COUNT(age) AS with_age,
        COUNT(credit_line) AS with_line,
        MIN(cutoff_on) AS cutoff_first,
        MAX(cutoff_on) AS cutoff_last
    FROM package_loans
)
SELECT sums.*, largest.borrowers, largest.max_borrower
FROM sums CROSS JOIN largest

-- disclosure_breakdown --
-- Counts of loans by everything that a notice breaks down; small enough to roll up by hand.
SELECT grade, computed_grade, written_off, guarantee, litigation, product, COUNT(*) AS loans
FROM package_loans
GROUP BY grade, computed_grade, written_off, guarantee, litigation, product

-- disclosure_seller --
-- The sellers' names on the loans, the most frequent first.
SELECT lender, branch, COUNT(*) AS loans
FROM package_loans
GROUP BY lender, branch
ORDER BY loans DESC, lender, branch
LIMIT 3
