# Results, and the report.
outcome-none = Sans suite
outcome-interest = Intérêt
outcome-second-interview = Second entretien
outcome-trial = Essai
outcome-hired = Embauche
outcome-title = Noter les résultats
outcome-not-yet = Les résultats se notent à partir du jour de la séance, une fois le planning publié.
outcome-whose = Rencontres de
outcome-employers = Employeurs
outcome-candidates = Candidat·es
outcome-show = Afficher
outcome-choose = Choisissez un employeur ou un·e candidat·e : ses rencontres s'affichent, deux touches suffisent pour chacune.
outcome-choice = { $n ->
    [0] { $name }, tout est noté
    [one] { $name }, { $n }~à noter
   *[other] { $name }, { $n }~à noter
}
outcome-table = table { $n }
outcome-what = Rencontre avec { $name }
outcome-then = Suite de la rencontre avec { $name }
outcome-held = Tenue
outcome-no-candidate = Candidat·e absent·e
outcome-no-employer = Employeur absent
outcome-kept = Enregistré { $at }
outcome-kept-by = Enregistré { $at } par { $name }
outcome-undo = Annuler cette réponse
outcome-noted = C'est noté.
outcome-candidate-says = Selon le ou la candidat·e :
outcome-employer-says = Selon l'employeur :
outcome-disagreement = Les deux réponses se contredisent. Celle de l'employeur compte dans le bilan.
outcome-to-report = Voir le bilan

report-title = Bilan
report-empty = Pas encore de bilan
report-empty-advice = Le bilan commence avec la publication d'un planning.
report-lead = { $held ->
    [one] { $held }~rencontre tenue
   *[other] { $held }~rencontres tenues
} sur { $meetings }, pour { $people ->
    [one] { $people }~candidat·e
   *[other] { $people }~candidat·es
}.
report-open = { $n ->
    [one] Il reste { $n }~rencontre à noter.
   *[other] Il reste { $n }~rencontres à noter.
}
report-disagreements = { $n ->
    [one] Sur { $n }~rencontre, les deux réponses se contredisent.
   *[other] Sur { $n }~rencontres, les deux réponses se contredisent.
}
report-note = Noter les résultats
report-file = Télécharger le tableau (CSV)
report-attendance = Présence
report-registered = Inscriptions
report-confirmed = Venue annoncée
report-arrived = Sur place
report-late = En retard
report-absent = Absence
report-withdrawn = Désistement
report-meetings = Rencontres
report-held = Tenues
report-no-candidate = Candidat·e absent·e
report-no-employer = Employeur absent
report-not-said = À noter
report-share = { $part } sur { $whole }
report-wishes = Souhaits devenus des rencontres tenues
report-wish = { $rank } souhait
report-no-wishes = Aucun souhait n'a été exprimé.
report-outcomes = Suites
report-by-employers = Selon les employeurs
report-by-candidates = Selon les candidat·es
report-by-employer = Par employeur
report-employer = Employeur
report-planned = Prévues
report-no-shows = Non tenues
report-interested = Avec suite
outcome-gone = Cette rencontre n'a plus lieu : elle a été annulée ou remplacée entre-temps. Rouvrez la page pour voir les rencontres d'aujourd'hui.
