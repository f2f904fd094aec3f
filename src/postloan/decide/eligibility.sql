-- eligibility --
-- Whether each loan may go into a bulk transfer, with the rules that say so: of all obstacles the gravest count.
WITH facts AS (
  SELECT
    loans.row, loans.loan_id, loans.borrower_id,
    COALESCE(loans.quarantined, FALSE) AS quarantined,
    COALESCE(loans.product, 'other') AS product,
    COALESCE(loans.guarantee, 'unknown') AS guarantee,
    COALESCE(loans.written_off, FALSE) AND :written_off_sold AS written_off,
    grades.grade,
    grades.effective_grade,
    COALESCE(flagged.flags, '') AS flags
  FROM loans
  LEFT JOIN grades ON loans.row = grades.row
  LEFT JOIN (
    -- A faulty tape may name a borrower twice; his loans must not double.
    SELECT borrower_id, STRING_AGG(flags, ' ') AS flags FROM borrowers WHERE flags <> '' GROUP BY borrower_id
  ) AS flagged ON loans.borrower_id = flagged.borrower_id
),
obstacles AS (
  SELECT
    *,
    CONCAT_WS(
      ' ',
      CASE WHEN :sale_refused <> '' THEN :sale_refused END,
      CASE WHEN quarantined AND :quarantined_refused THEN 'HS-TRF-01' END,
      CASE
        WHEN product IN :products OR product IN :products_reviewed OR product IN :products_excluded THEN NULL
        ELSE 'CN-TRF-04'
      END,
      CASE
        WHEN NOT written_off AND effective_grade NOT IN :grades
          AND (grade IS NULL OR grade NOT IN :grades OR NOT :regrade_first) THEN 'CN-TRF-05'
      END,
      CASE
        WHEN product IN :products_excluded OR guarantee IN :guarantees_excluded THEN 'CN-TRF-06'
      END,
      CASE WHEN flags <> '' AND REGEXP_MATCHES(flags, :never_flags) THEN 'CN-TRF-07' END,
      CASE WHEN flags <> '' AND REGEXP_MATCHES(flags, :nor_flags) THEN 'CN-TRF-08' END
    ) AS refused,
    CONCAT_WS(
      ' ',
      CASE WHEN :sale_reviewed <> '' THEN :sale_reviewed END,
      CASE WHEN product IN :products_reviewed THEN 'HS-TRF-02' END,
      CASE
        WHEN guarantee IN :guarantees_known
          OR guarantee = 'unknown' AND product IN :products_unsecured
          OR NOT :unknown_guarantee_reviewed THEN NULL
        ELSE 'HS-TRF-03'
      END,
      CASE
        WHEN NOT written_off AND effective_grade NOT IN :grades AND grade IN :grades THEN 'HS-TRF-04'
      END,
      CASE
        WHEN NOT written_off AND effective_grade IS NULL AND :no_grade_reviewed THEN 'HS-TRF-05'
      END
    ) AS reviewed
  FROM facts
)
SELECT
  row, loan_id, borrower_id,
  CASE WHEN refused <> '' THEN 'refuse' WHEN reviewed <> '' THEN 'review' ELSE 'allow' END AS answer,
  CASE
    WHEN refused <> '' THEN refused
    WHEN reviewed <> '' THEN reviewed
    WHEN written_off THEN :allowed_written_off
    ELSE :allowed
  END AS because,
  effective_grade, grade AS computed_grade,
  :rule_book AS rule_book
FROM obstacles

-- eligibility_closed --
-- Every loan refused alike, on a day on which the rules of the pilot do not hold.
SELECT
  loans.row, loans.loan_id, loans.borrower_id, 'refuse' AS answer, :because AS because,
  grades.effective_grade, grades.grade AS computed_grade, :rule_book AS rule_book
FROM loans
LEFT JOIN grades ON loans.row = grades.row

-- eligibility_checked --
-- What the eligibility of a tape rests on: loans, and those whose borrower is not in the borrowers' table.
SELECT
  COUNT(*) AS loans,
  COUNT(*) FILTER (WHERE known.borrower_id IS NULL) AS without_borrower
FROM loans
LEFT JOIN (SELECT DISTINCT borrower_id FROM borrowers) AS known ON loans.borrower_id = known.borrower_id

-- eligibility_answers --
-- How many loans got which answer.
SELECT answer, COUNT(*) AS loans FROM eligibility GROUP BY answer
