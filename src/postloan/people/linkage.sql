-- people_records --
-- Every borrower as a record to be linked: identity number in one spelling, telephone as eleven digits.
SELECT
  b.borrower_id AS record_id,
  REGEXP_REPLACE(COALESCE(b.name, ''), '[ 　·•.。]', '', 'g') AS name,
  UPPER(REGEXP_REPLACE(COALESCE(b.id_number, ''), '[^0-9Xx]', '', 'g')) AS id_number,
  COALESCE(CAST(b.born_on AS VARCHAR), '') AS born_on,
  COALESCE(p.phone, '') AS phone,
  COALESCE(a.area, '') AS area
FROM (
  SELECT borrower_id, MIN(name) AS name, MIN(id_number) AS id_number, MIN(born_on) AS born_on
  FROM borrowers_whole
  WHERE borrower_id IS NOT NULL
  GROUP BY borrower_id
) AS b
LEFT JOIN (
  SELECT borrower_id, MIN(REGEXP_REPLACE(value, '[^0-9]', '', 'g')) AS phone
  FROM contacts_whole
  WHERE kind = 'mobile' AND COALESCE(role, 'debtor') = 'debtor'
  GROUP BY borrower_id
) AS p ON p.borrower_id = b.borrower_id
LEFT JOIN (
  SELECT borrower_id, MIN(SUBSTR(REGEXP_REPLACE(text, '[^0-9]', '', 'g'), 1, 12)) AS area
  FROM addresses_whole
  WHERE source IN ('contract_service', 'application_home', 'self_reported', 'id_card')
  GROUP BY borrower_id
) AS a ON a.borrower_id = b.borrower_id

-- records_to_link --
-- The records with what is read from the identity number: whether it checks (GB 11643), and its birth date.
-- A telephone of many people says nothing about one of them.
SELECT
  r.record_id,
  NULLIF(r.name, '') AS name,
  NULLIF(r.id_number, '') AS id_number,
  NULLIF(CASE WHEN r.valid THEN CONCAT(SUBSTR(r.id_number, 7, 4), '-', SUBSTR(r.id_number, 11, 2), '-', SUBSTR(r.id_number, 13, 2)) ELSE r.born_on END, '') AS born_on,
  CASE WHEN LENGTH(r.phone) >= 11 AND r.sharers <= 12 THEN SUBSTR(r.phone, LENGTH(r.phone) - 10, 11) END AS phone,
  CASE WHEN LENGTH(r.area) >= 4 THEN r.area END AS area,
  r.valid,
  r.valid AND r.born_on <> '' AND r.born_on <> CONCAT(SUBSTR(r.id_number, 7, 4), '-', SUBSTR(r.id_number, 11, 2), '-', SUBSTR(r.id_number, 13, 2)) AS born_differs
FROM (
  SELECT
    *,
    COUNT(*) OVER (PARTITION BY phone) AS sharers,
    REGEXP_MATCHES(id_number, '^[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$')
      AND SUBSTR('10X98765432', CAST(MOD(
        CASE WHEN LENGTH(id_number) = 18 AND REGEXP_MATCHES(SUBSTR(id_number, 1, 17), '^[0-9]{17}$') THEN
          7 * CAST(SUBSTR(id_number, 1, 1) AS INTEGER) + 9 * CAST(SUBSTR(id_number, 2, 1) AS INTEGER)
          + 10 * CAST(SUBSTR(id_number, 3, 1) AS INTEGER) + 5 * CAST(SUBSTR(id_number, 4, 1) AS INTEGER)
          + 8 * CAST(SUBSTR(id_number, 5, 1) AS INTEGER) + 4 * CAST(SUBSTR(id_number, 6, 1) AS INTEGER)
          + 2 * CAST(SUBSTR(id_number, 7, 1) AS INTEGER) + 1 * CAST(SUBSTR(id_number, 8, 1) AS INTEGER)
          + 6 * CAST(SUBSTR(id_number, 9, 1) AS INTEGER) + 3 * CAST(SUBSTR(id_number, 10, 1) AS INTEGER)
          + 7 * CAST(SUBSTR(id_number, 11, 1) AS INTEGER) + 9 * CAST(SUBSTR(id_number, 12, 1) AS INTEGER)
          + 10 * CAST(SUBSTR(id_number, 13, 1) AS INTEGER) + 5 * CAST(SUBSTR(id_number, 14, 1) AS INTEGER)
          + 8 * CAST(SUBSTR(id_number, 15, 1) AS INTEGER) + 4 * CAST(SUBSTR(id_number, 16, 1) AS INTEGER)
          + 2 * CAST(SUBSTR(id_number, 17, 1) AS INTEGER)
        ELSE 0 END, 11) AS INTEGER) + 1, 1) = SUBSTR(id_number, 18, 1)
      -- a code that no county ever had is a slip that happens to check
      AND SUBSTR(id_number, 1, 6) IN (SELECT code FROM id_counties) AS valid
  FROM people_records
) AS r
ORDER BY r.record_id
