-- addresses_given --
-- Every address row as typed, read once: what a source means is worked out cell by cell.
SELECT row, borrower_id, text, source, given_on, document_id, consent_id, agreed_for_service, contested
FROM addresses_whole

-- addresses_at_the_door --
-- Every address row with the reason for which it may not be kept; no reason: it may. The first that holds counts.
-- Lawful: what the borrower gave or the lender lawfully holds. From others only with the consent on record.
SELECT
  row,
  borrower_id,
  text,
  CASE WHEN source IN ('courier', 'e_commerce') THEN 'consented_vendor' ELSE source END AS source,
  given_on,
  document_id,
  consent_id,
  COALESCE(agreed_for_service, FALSE) AS agreed,
  CASE
    WHEN text IS NULL OR TRIM(text) = '' THEN 'empty'
    WHEN borrower_id IS NULL THEN 'nobody'
    WHEN source IS NULL THEN 'no_provenance'
    WHEN source IN ('phone_book', 'location_trace') THEN 'never_lawful'
    WHEN source = 'relative' THEN 'of_a_relative'
    WHEN source IN ('consented_vendor', 'courier', 'e_commerce') AND (consent_id IS NULL OR TRIM(consent_id) = '') THEN 'no_consent'
    WHEN COALESCE(contested, FALSE) THEN 'contested'
    WHEN source = 'application_work' AND NOT COALESCE(agreed_for_service, FALSE) THEN 'workplace'
    ELSE ''
  END AS refused
FROM addresses_given

-- kept_addresses --
-- The rows that may be kept, in the order of the file; numbers from 0.
SELECT row - 1 AS row, borrower_id, text, source, CAST(given_on AS DATE) AS given_on, document_id, consent_id, agreed
FROM addresses_at_the_door
WHERE refused = ''
ORDER BY row

-- refused_counts --
-- How many rows were turned away, by reason and source.
SELECT refused, COALESCE(source, '') AS source, COUNT(*) AS rows, MIN(row) AS first_row
FROM addresses_at_the_door
WHERE refused <> ''
GROUP BY refused, COALESCE(source, '')
ORDER BY refused, source

-- letters_sent --
-- The letters, in the order of the file.
SELECT row - 1 AS row, letter_id, borrower_id, sent_on, address_text, outcome, outcome_on, chance
FROM letters_whole
WHERE borrower_id IS NOT NULL AND sent_on IS NOT NULL
ORDER BY row

-- debtors --
-- Everybody who owes, with what the model may know of them: the region of the identity number, branch and lender.
SELECT
  l.borrower_id,
  MIN(b.id_number) AS id_number,
  MIN(COALESCE(l.branch, l.lender, '')) AS keeper
FROM loans_whole AS l
LEFT JOIN (
  SELECT borrower_id, MIN(id_number) AS id_number FROM borrowers_whole GROUP BY borrower_id
) AS b ON b.borrower_id = l.borrower_id
WHERE l.borrower_id IS NOT NULL
GROUP BY l.borrower_id
ORDER BY l.borrower_id

-- last_day --
-- The cut-off day of the tape, and the last day on which anything was known of letters or addresses.
SELECT
  (SELECT MAX(cutoff_on) FROM loans_whole) AS cutoff_on,
  (SELECT MAX(sent_on) FROM letters_whole) AS sent_on,
  (SELECT MAX(given_on) FROM addresses_given) AS given_on
