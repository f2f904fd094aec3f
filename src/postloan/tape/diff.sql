-- Two versions of one table of a tape side by side. old_side and new_side hold the rows with diff_key (the table's key)
-- and nth (which of several rows with that key).

-- sizes --
-- How many rows were removed, added and kept.
SELECT
    COUNT(o.row) AS before,
    COUNT(n.row) AS after,
    COALESCE(SUM(CASE WHEN n.row IS NULL THEN 1 ELSE 0 END), 0) AS removed,
    COALESCE(SUM(CASE WHEN o.row IS NULL THEN 1 ELSE 0 END), 0) AS added
FROM old_side AS o
FULL OUTER JOIN new_side AS n ON n.diff_key = o.diff_key AND n.nth = o.nth

-- removed_rows --
-- The first rows that the new version no longer has.
SELECT o.row, o.diff_key
FROM old_side AS o
LEFT JOIN new_side AS n ON n.diff_key = o.diff_key AND n.nth = o.nth
WHERE n.row IS NULL
ORDER BY o.row
LIMIT :cap

-- added_rows --
-- The first rows that only the new version has.
SELECT n.row, n.diff_key
FROM new_side AS n
LEFT JOIN old_side AS o ON n.diff_key = o.diff_key AND n.nth = o.nth
WHERE o.row IS NULL
ORDER BY n.row
LIMIT :cap

-- old_totals --
-- Control totals of the old version of the loans.
SELECT
    COUNT(*) AS loans,
    COUNT(DISTINCT borrower_id) AS borrowers,
    CAST(COALESCE(SUM(principal), 0) AS DECIMAL(38,2)) AS principal,
    CAST(COALESCE(SUM(interest), 0) AS DECIMAL(38,2)) AS interest,
    CAST(COALESCE(SUM(principal), 0) + COALESCE(SUM(interest), 0) AS DECIMAL(38,2)) AS total,
    CAST(COALESCE(SUM(fees), 0) AS DECIMAL(38,2)) AS fees
FROM old_side

-- new_totals --
-- Control totals of the new version of the loans.
SELECT
    COUNT(*) AS loans,
    COUNT(DISTINCT borrower_id) AS borrowers,
    CAST(COALESCE(SUM(principal), 0) AS DECIMAL(38,2)) AS principal,
    CAST(COALESCE(SUM(interest), 0) AS DECIMAL(38,2)) AS interest,
    CAST(COALESCE(SUM(principal), 0) + COALESCE(SUM(interest), 0) AS DECIMAL(38,2)) AS total,
    CAST(COALESCE(SUM(fees), 0) AS DECIMAL(38,2)) AS fees
FROM new_side
