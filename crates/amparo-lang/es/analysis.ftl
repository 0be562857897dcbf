# Lo que dicen los papeles juntos: la línea de tiempo, qué pedir, y los puntos por aclarar.

# De quién es la palabra, después de una frase de la línea de tiempo.
how-stated = { "" }
how-set = { " " }(lo decidió la oficina)
how-read = { " " }(leído por máquina; revise la página)
how-said = { " " }(según su propia palabra)
how-derived = { " " }(calculado)

timeline-job-role = Trabajo con { $employer }, de { $role }{ $how }
timeline-job = Trabajo con { $employer }{ $how }
timeline-job-bare = Trabajo; el papel no dice con quién{ $how }
timeline-pay = Pago de { $employer }: { $gross_cents } antes de descuentos{ $how }
timeline-pay-net = Pago de { $employer }: { $net_cents } después de descuentos{ $how }
timeline-pay-employer = Pago de { $employer }{ $how }
timeline-pay-amount = Pago de { $gross_cents } antes de descuentos{ $how }
timeline-pay-bare = Pago por trabajo{ $how }
timeline-earnings-employer = Ganó { $amount_cents } en { $year } con { $employer } ({ $basis }){ $how }
timeline-earnings = Ganó { $amount_cents } en { $year } ({ $basis }){ $how }
timeline-earnings-bare = Ingresos de un año{ $how }
timeline-earnings-none = Sin ingresos anotados en { $year } ({ $basis }){ $how }
timeline-deposit = Depósito de { $amount_cents } de { $payer_raw }{ $how }
timeline-deposit-amount = Depósito de { $amount_cents }{ $how }
timeline-deposit-bare = Depósito{ $how }
timeline-entry-class = Entrada por { $port }, clase { $class }{ $how }
timeline-entry-class-code = Entrada, puerto con código { $port_code }, clase { $class }{ $how }
timeline-entry-class-only = Entrada, puerto no indicado, clase { $class }{ $how }
timeline-entry = Entrada por { $port }{ $how }
timeline-entry-code = Entrada, puerto con código { $port_code }{ $how }
timeline-entry-bare = Entrada, puerto no indicado{ $how }
timeline-exit = Salida por { $port }{ $how }
timeline-exit-code = Salida, puerto con código { $port_code }{ $how }
timeline-exit-bare = Salida, puerto no indicado{ $how }
timeline-status = Estatus: { $class }{ $how }
timeline-status-bare = Estatus{ $how }
timeline-filing-receipt = Formulario { $form } presentado, recibo { $receipt_number }{ $how }
timeline-filing = Formulario { $form } presentado{ $how }
timeline-filing-bare = Se presentó un formulario{ $how }
timeline-notice-type = Aviso { $form }: { $type }{ $how }
timeline-notice = Aviso { $form }{ $how }
timeline-notice-only-type = Aviso: { $type }{ $how }
timeline-notice-bare = Aviso{ $how }
timeline-hearing-court = Audiencia en { $court }{ $how }
timeline-hearing-bare = Audiencia{ $how }
timeline-order-form = Decisión sobre el formulario { $form }: { $type }{ $how }
timeline-order = Orden o decisión: { $type }{ $how }
timeline-order-bare = Orden o decisión{ $how }
timeline-encounter-agency = Encuentro con { $agency } en { $place }{ $how }
timeline-encounter = Encuentro en { $place }{ $how }
timeline-encounter-bare = Encuentro con agentes{ $how }
timeline-document = { $type }: fecha de emisión { $issued }, vence { $expires }{ $how }
timeline-document-expires = { $type }: vence { $expires }{ $how }
timeline-document-bare = { $type }{ $how }
timeline-document-only = Documento de viaje{ $how }
timeline-address = Domicilio: { $text }{ $how }
timeline-address-city = Domicilio en { $city }{ $how }
timeline-address-bare = Domicilio; el papel no dice dónde{ $how }
timeline-event-text = { $type }: { $text }{ $how }
timeline-event = { $type }{ $how }
timeline-event-only-text = { $text }{ $how }
timeline-event-bare = Pasó algo; el papel no dice qué{ $how }
timeline-calls = { $count ->
    [one] Una llamada
   *[other] { $count } llamadas
} en { $days ->
    [one] un día
   *[other] { $days } días
}, línea { $line }
timeline-calls-no-line = { $count ->
    [one] Una llamada
   *[other] { $count } llamadas
} en { $days ->
    [one] un día
   *[other] { $days } días
}
timeline-messages = { $count ->
    [one] Un mensaje
   *[other] { $count } mensajes
}

ask-presence = { $months ->
    [one] Mes: { $from }. Sirve cualquiera de estos
   *[other] De { $from } a { $to }. Para cada mes sirve cualquiera de estos
}: recibo de renta, de luz, de agua o de teléfono; papel de una clínica o de una escuela; recibo de un envío de dinero; estado de cuenta del banco; carta de alguien que lo o la vio ese mes, con su nombre, su dirección y su firma.
ask-employment = { $months ->
    [one] Mes: { $from }. Si trabajó, sirve cualquiera de estos
   *[other] De { $from } a { $to }. Si trabajó, para cada mes sirve cualquiera de estos
}: talón de pago; depósito del empleador en el banco; un horario o un mensaje sobre el trabajo; carta del empleador o de alguien con quien trabajó.
ask-residence = { $months ->
    [one] Mes: { $from }. Sirve cualquiera de estos que tenga su dirección
   *[other] De { $from } a { $to }. Para cada mes sirve cualquiera de estos que tenga su dirección
}: contrato o recibo de renta; recibo de luz, de agua o de teléfono; una carta que le llegó a su casa; papel de una escuela o de una clínica.
ask-out-of-reach = { $months ->
    [one] Mes: { $from }
   *[other] De { $from } a { $to }
}: ningún papel que tenemos llega a ese tiempo. Si guardó algo con fecha, tráigalo: un boleto, un sobre, una foto, su primer contrato de renta. Si no, no se preocupe.

finding-identity-differs = Dos papeles no coinciden en este dato: { $field }. Uno dice { $one } y otro dice { $other }.
finding-employment-gap = No hay trabajo anotado de { $from } a { $to }: { $months } meses entre dos tiempos de trabajo.
finding-address-gap = No hay domicilio anotado de { $from } a { $to }: { $months } meses entre dos domicilios.
finding-employment-overlap = Dos trabajos al mismo tiempo, de { $from } a { $to }: { $one } y { $other }.
finding-address-overlap = Dos domicilios al mismo tiempo, de { $from } a { $to }: { $one } y { $other }.
finding-employer-differs = Un papel de pago ({ $when }) nombra al empleador { $paper }; para ese tiempo el caso dice { $said }.
finding-job-date-differs = Dos papeles no coinciden sobre el trabajo con { $employer }, en este dato: { $field }. Uno dice { $one } y otro dice { $other }.
finding-earnings-differ = Dos papeles no coinciden en lo que se ganó en { $year } ({ $basis }): uno dice { $one } y otro dice { $other }.
finding-pay-differs = Dos papeles de pago de { $employer } ({ $when }) no coinciden: uno dice { $one } y otro dice { $other }.
finding-entry-differs = Dos papeles no coinciden en el día de una entrada: uno dice { $one } y otro dice { $other }.
finding-entry-class-differs = Dos papeles no coinciden sobre la entrada del { $when }: uno dice clase { $one } y otro dice clase { $other }.
finding-exports-differ = { $count ->
    [one] Una llamada de { $when } está
   *[other] { $count } llamadas de { $when } están
} en { $one } y no en { $other }, aunque los dos archivos alcanzan ese tiempo y son del mismo teléfono.
finding-end-before-start = Fechas que no pueden ser ({ $kind }): termina en { $end }, antes de empezar, en { $start }.
finding-expired-before-issued = Fechas que no pueden ser (documento de viaje): vence en { $expires }, antes de la fecha de emisión, { $issued }.
finding-paid-before-period = Fechas que no pueden ser (pago): se pagó en { $paid }, antes del tiempo que paga, { $period }.
finding-before-birth = Una fecha que no puede ser ({ $kind }): { $when } es antes de la fecha de nacimiento, { $birth }.
finding-in-the-future = Una fecha que no puede ser ({ $kind }): { $when } todavía no llegaba cuando se entregó el papel, { $given }.
