-- grade_epoch --
-- The values of the classification rules over one run of days; ranks 0 to 4 stand for normal to loss.
SELECT
  :first_day AS first_day, :last_day AS last_day,
  :special_mention_after AS special_mention_after, :substandard_after AS substandard_after,
  :doubtful_after AS doubtful_after, :loss_after AS loss_after,
  :restructured_rank AS restructured_rank, :again_rank AS again_rank, :undated_inside AS undated_inside,
  :refinanced_rank AS refinanced_rank,
  :observation_periods AS observation_periods, :observation_months AS observation_months, :missed_restarts AS missed_restarts

-- facts_stated --
-- What the grade of a loan depends on, where the tape has no events: the loan's own row says it all.
SELECT
  loans.row, loans.loan_id, loans.grade, loans.cutoff_on, loans.days_overdue,
  COALESCE(loans.restructured_times, 0) AS times,
  CAST(NULL AS BOOLEAN) AS again,
  FALSE AS refinanced
FROM loans

-- facts_told --
-- The same with the tape's events: restructurings with their days, and loans repaid by new borrowing.
-- again: a later restructuring came within the observation period of the one before; null where a day is missing.
WITH touched AS (
  SELECT loan_id, kind, happened_on FROM events WHERE kind IN ('restructure', 'refinance')
  UNION ALL
  SELECT related_loan_id AS loan_id, kind, happened_on FROM events
  WHERE kind = 'refinance' AND related_loan_id IS NOT NULL
),
mine AS (
  SELECT loans.row, loans.loan_id, loans.cutoff_on, loans.overdue_since, touched.kind, touched.happened_on
  FROM loans
  JOIN touched ON touched.loan_id = loans.loan_id
  WHERE touched.happened_on IS NULL OR touched.happened_on <= loans.cutoff_on
),
counted AS (
  SELECT
    row,
    COUNT(DISTINCT CASE WHEN kind = 'restructure' THEN happened_on END) AS dated,
    SUM(CASE WHEN kind = 'restructure' AND happened_on IS NULL THEN 1 ELSE 0 END) AS undated,
    MAX(CASE WHEN kind = 'refinance' THEN 1 ELSE 0 END) AS refinanced
  FROM mine
  GROUP BY row
),
steps AS (
  SELECT
    row, loan_id, cutoff_on, overdue_since, happened_on,
    LEAD(happened_on) OVER (PARTITION BY row ORDER BY happened_on) AS next_on
  FROM (
    SELECT DISTINCT row, loan_id, cutoff_on, overdue_since, happened_on
    FROM mine WHERE kind = 'restructure' AND happened_on IS NOT NULL
  ) AS days
),
pairs AS (
  SELECT
    steps.row, steps.loan_id, steps.happened_on, steps.next_on,
    in_force.observation_periods, in_force.observation_months,
    CASE
      WHEN in_force.missed_restarts AND steps.overdue_since > steps.happened_on AND steps.overdue_since < steps.next_on
        THEN steps.overdue_since
      ELSE steps.happened_on
    END AS counts_from
  FROM steps
  JOIN in_force ON in_force.cutoff_on = steps.cutoff_on
  WHERE steps.next_on IS NOT NULL
),
dues AS (
  SELECT d.row, d.happened_on, d.due_on, ROW_NUMBER() OVER (PARTITION BY d.row, d.happened_on ORDER BY d.due_on) AS place
  FROM (
    SELECT DISTINCT pairs.row, pairs.happened_on, due_days.due_on
    FROM pairs
    JOIN due_days ON due_days.loan_id = pairs.loan_id AND due_days.due_on > pairs.counts_from
  ) AS d
),
begun AS (
  SELECT
    pairs.row, pairs.next_on, pairs.observation_months,
    COALESCE(MIN(CASE WHEN dues.place = 1 THEN dues.due_on END), MIN(pairs.counts_from)) AS begins_on,
    MIN(CASE WHEN dues.place = pairs.observation_periods + 1 THEN dues.due_on END) AS periods_end_on
  FROM pairs
  LEFT JOIN dues ON dues.row = pairs.row AND dues.happened_on = pairs.happened_on
  GROUP BY pairs.row, pairs.next_on, pairs.observation_months
),
judged AS (
  SELECT
    row,
    MAX(CASE
      WHEN next_on <= periods_end_on THEN 1
      -- The same day of a later month, without adding months to a day: engines disagree about 31 January.
      WHEN YEAR(next_on) * 12 + MONTH(next_on) < YEAR(begins_on) * 12 + MONTH(begins_on) + observation_months THEN 1
      WHEN YEAR(next_on) * 12 + MONTH(next_on) = YEAR(begins_on) * 12 + MONTH(begins_on) + observation_months
        AND DAY(next_on) <= DAY(begins_on) THEN 1
      ELSE 0
    END) AS inside
  FROM begun
  GROUP BY row
)
SELECT
  loans.row, loans.loan_id, loans.grade, loans.cutoff_on, loans.days_overdue,
  GREATEST(COALESCE(loans.restructured_times, 0), COALESCE(counted.dated + counted.undated, 0)) AS times,
  CASE
    WHEN judged.inside = 1 THEN TRUE
    WHEN counted.dated >= GREATEST(COALESCE(loans.restructured_times, 0), counted.dated + counted.undated) THEN FALSE
  END AS again,
  COALESCE(counted.refinanced = 1, FALSE) AS refinanced
FROM loans
LEFT JOIN counted ON counted.row = loans.row
LEFT JOIN judged ON judged.row = loans.row

-- due_days_given --
-- Days on which instalments fall due.
SELECT loan_id, due_on FROM schedules WHERE due_on IS NOT NULL

-- due_days_unknown --
-- No day on which an instalment falls due is known.
SELECT loan_id, overdue_since AS due_on FROM loans WHERE FALSE

-- in_force --
-- The values in force on every cut-off date of the tape.
SELECT days.cutoff_on, grade_epochs.*
FROM (SELECT DISTINCT cutoff_on FROM loans) AS days
JOIN grade_epochs ON days.cutoff_on >= grade_epochs.first_day AND days.cutoff_on <= grade_epochs.last_day

-- grade --
-- The five-class grade of every loan by the rules in force on its own cut-off date; none where none is in force.
-- A floor is null where its rule does not touch the loan.
WITH floors AS (
  SELECT
    facts.row, facts.loan_id, facts.grade AS seller_grade,
    facts.times, facts.again,
    CASE
      WHEN in_force.cutoff_on IS NULL OR facts.days_overdue IS NULL THEN NULL
      WHEN facts.days_overdue > in_force.loss_after THEN 4
      WHEN facts.days_overdue > in_force.doubtful_after THEN 3
      WHEN facts.days_overdue > in_force.substandard_after THEN 2
      WHEN facts.days_overdue > in_force.special_mention_after THEN 1
      ELSE 0
    END AS overdue_floor,
    CASE WHEN facts.times >= 1 THEN in_force.restructured_rank END AS restructured_floor,
    CASE
      WHEN facts.times >= 2 AND (facts.again OR facts.again IS NULL AND in_force.undated_inside) THEN in_force.again_rank
    END AS again_floor,
    CASE WHEN facts.refinanced THEN in_force.refinanced_rank END AS refinanced_floor
  FROM facts
  LEFT JOIN in_force ON facts.cutoff_on = in_force.cutoff_on
),
ranked AS (
  SELECT *, CASE WHEN overdue_floor IS NOT NULL THEN GREATEST(
    overdue_floor, COALESCE(restructured_floor, 0), COALESCE(again_floor, 0), COALESCE(refinanced_floor, 0)
  ) END AS class_rank
  FROM floors
),
graded AS (
  SELECT
    *,
    CASE class_rank
      WHEN 0 THEN 'normal' WHEN 1 THEN 'special_mention' WHEN 2 THEN 'substandard'
      WHEN 3 THEN 'doubtful' WHEN 4 THEN 'loss'
    END AS grade
  FROM ranked
)
SELECT
  row, loan_id, seller_grade, grade,
  COALESCE(seller_grade, grade) AS effective_grade,
  CASE
    WHEN class_rank IS NULL THEN ''
    ELSE CONCAT_WS(
      ' ',
      CASE WHEN overdue_floor = class_rank THEN 'CN-CLS-01' END,
      CASE WHEN restructured_floor = class_rank OR again_floor = class_rank THEN 'CN-CLS-02' END,
      CASE WHEN again_floor = class_rank AND again_floor > restructured_floor AND again IS NULL THEN 'HS-CLS-01' END,
      CASE WHEN refinanced_floor = class_rank THEN 'CN-CLS-06' END
    )
  END AS because,
  COALESCE(seller_grade <> grade, FALSE) AS differs,
  :rule_book AS rule_book
FROM graded

-- grade_pairs --
-- How the seller's grades and the computed grades meet, counting loans graded before the order's transition ended.
SELECT
  grades.seller_grade, grades.grade,
  COUNT(*) AS loans,
  COUNT(*) FILTER (
    WHERE loans.originated_on < :order_from AND loans.cutoff_on <= :old_book_by
  ) AS old_book,
  COALESCE(SUM(loans.total), 0) AS amount
FROM grades
JOIN loans ON grades.row = loans.row
WHERE grades.differs
GROUP BY grades.seller_grade, grades.grade
ORDER BY grades.seller_grade, grades.grade

-- ungraded --
-- Loans without a computed grade by cut-off date, apart from those that only lack the days overdue.
SELECT
  loans.cutoff_on,
  COUNT(*) AS loans,
  COUNT(*) FILTER (WHERE loans.days_overdue IS NULL) AS without_days
FROM grades
JOIN loans ON grades.row = loans.row
WHERE grades.grade IS NULL
GROUP BY loans.cutoff_on
ORDER BY loans.cutoff_on

-- grade_assumptions --
-- How many loans were graded on the assumption that an undated second restructuring was inside the observation.
SELECT COUNT(*) FILTER (WHERE REGEXP_MATCHES(because, 'HS-CLS-01')) AS assumed FROM grades
