-- grade_lines --
-- Loans and money by the seller's grade, the computed grade and the rules behind it, without rows put aside.
SELECT
    g.seller_grade, g.grade, COALESCE(g.because, '') AS because,
    COUNT(*) AS loans, COALESCE(SUM(l.total), 0) AS total, SUM(CASE WHEN g.differs THEN 1 ELSE 0 END) AS differing
FROM grades AS g
JOIN loans AS l ON l.row = g.row
WHERE NOT COALESCE(l.quarantined, FALSE)
GROUP BY g.seller_grade, g.grade, COALESCE(g.because, '')

-- eligibility_lines --
-- Loans and money by answer and by the rules that gave it, without rows put aside: their amounts may be absurd.
SELECT
    e.answer, COALESCE(e.because, '') AS because,
    COUNT(*) AS loans, COALESCE(SUM(l.principal), 0) AS principal, COALESCE(SUM(l.total), 0) AS total
FROM eligibility AS e
JOIN loans AS l ON l.row = e.row
WHERE NOT COALESCE(l.quarantined, FALSE)
GROUP BY e.answer, COALESCE(e.because, '')

-- eligibility_borrowers --
-- Borrowers by answer; one borrower may stand under several.
SELECT e.answer, COUNT(DISTINCT e.borrower_id) AS borrowers
FROM eligibility AS e
JOIN loans AS l ON l.row = e.row
WHERE NOT COALESCE(l.quarantined, FALSE)
GROUP BY e.answer
